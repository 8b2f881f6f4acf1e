"""End the MLflow runs whose maker has ended: the flow run or the Dagster run that their tag names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.engine.addresses import is_run_id
from app.engine.errors import NotFound
from app.engine.transport import Transport
from workshop.naming import ENDED_BECAUSE_TAG

PAGE = 1000
API = "/api/2.0/mlflow"


@dataclass(frozen=True)
class Ending:
    """How the run that made an MLflow run has ended."""

    what: str
    """The maker in words, for example `flow run able-fox`."""
    state: str
    """The orchestrator's own word."""
    is_cancelled: bool
    at: datetime


MakersThatEnded = Callable[[set[str]], Mapping[str, Ending]]
"""Tells of these ids which have ended; one that may still run is left out, and so is one that nobody knows."""


def end_open_runs(mlflow: Transport, tag: str, ended: MakersThatEnded) -> Iterator[str]:
    """End each open MLflow run whose tag names a run that has ended, and say so in one line each.

    Args:
        mlflow: the server.
        tag: which tag names the maker; a run without it is nobody's and is left open.
        ended: is asked about the makers of all open runs at once.
    """
    makers = {run["info"]["run_id"]: maker for run in _open_runs(mlflow) if is_run_id(maker := _tags(run).get(tag, ""))}
    endings = ended(set(makers.values())) if makers else {}
    for run_id, maker in makers.items():
        if (ending := endings.get(maker)) and _is_open(mlflow, run_id):
            yield _end(mlflow, run_id, ending)


def _end(mlflow: Transport, run_id: str, ending: Ending) -> str:
    status = "KILLED" if ending.is_cancelled else "FAILED"
    why = f"The {ending.what} that made this run ended ({ending.state}) and left it open. Run it again."
    mlflow.post(f"{API}/runs/set-tag", {"run_id": run_id, "key": ENDED_BECAUSE_TAG, "value": why})
    moment = int(ending.at.timestamp() * 1000)
    mlflow.post(f"{API}/runs/update", {"run_id": run_id, "status": status, "end_time": moment})
    return f"MLflow run {run_id} is {status}. {why}"


def _open_runs(mlflow: Transport) -> list[dict[str, Any]]:
    experiments = mlflow.post(f"{API}/experiments/search", {"max_results": PAGE}).get("experiments", [])
    query = {
        "experiment_ids": [each["experiment_id"] for each in experiments],
        "filter": "attributes.status = 'RUNNING'",
        "max_results": PAGE,
    }
    found: list[dict[str, Any]] = mlflow.post(f"{API}/runs/search", query).get("runs", []) if experiments else []
    return found


def _is_open(mlflow: Transport, run_id: str) -> bool:
    """Look once more: a run may have ended since its maker was asked about."""
    try:
        return bool(mlflow.get(f"{API}/runs/get", run_id=run_id)["run"]["info"]["status"] == "RUNNING")
    except NotFound:
        return False


def _tags(run: Mapping[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in run["data"].get("tags", [])}
