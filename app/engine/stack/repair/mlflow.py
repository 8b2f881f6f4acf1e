"""End the MLflow runs whose maker has ended: the run that their tag, or their parent's, names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from app.engine.addresses import is_mlflow_run_id, is_run_id
from app.engine.errors import NotFound
from app.engine.orchestrators.registry import mlflow_tags
from app.engine.orchestrators.transport import Transport
from workshop.naming import ENDED_BECAUSE_TAG, MLFLOW_PARENT_TAG

PAGE = 1000
API = "/api/2.0/mlflow"

Json = dict[str, Any]


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
"""Says which of these runs have ended. A run that may still be under way, or does not exist, is left out."""


def end_open_runs(mlflow: Transport, tag: str, ended: MakersThatEnded) -> Iterator[str]:
    """End each open MLflow run whose maker has ended, and say so in one line each.

    Args:
        mlflow: the server.
        tag: which tag names the maker; a run that has none, and no parent that has one, is nobody's and is left open.
        ended: is asked about the makers of all open runs at once.
    """
    open_runs = {run["info"]["run_id"]: run for run in _open_runs(mlflow)}
    family = dict[str, Json | None](open_runs)
    makers = {run_id: maker for run_id, run in open_runs.items() if (maker := _maker(mlflow, run, tag, family))}
    endings = ended(set(makers.values())) if makers else {}
    for run_id, maker in makers.items():
        ending = endings.get(maker)
        if ending and _is_its(open_runs[run_id], maker, tag, ending.at) and _is_open(mlflow, run_id):
            yield _end(mlflow, run_id, ending)


def _maker(mlflow: Transport, run: Json, tag: str, family: dict[str, Json | None]) -> str | None:
    """Read who made a run: its own tag says it, or that of the nearest run around it that has one.

    Args:
        mlflow: the server.
        run: the run.
        tag: which tag names the maker.
        family: the runs that are known already, by their ids; those that are read now are put there.
    """
    seen, now = set[str](), run
    tags = mlflow_tags().values()
    while not (makers := {key: value for key, value in _tags(now).items() if key in tags and is_run_id(value)}):
        parent = _tags(now).get(MLFLOW_PARENT_TAG, "")
        if parent not in family:
            family[parent] = _run(mlflow, parent)
        parent_run = family[parent]
        if parent_run is None or parent in seen:
            return None
        seen.add(parent)
        now = parent_run
    return makers.get(tag)


def _is_its(run: Json, maker: str, tag: str, ended: datetime) -> bool:
    """Whether a run is that maker's: inside one that has ended, somebody else may begin another one by hand."""
    return _tags(run).get(tag) == maker or int(run["info"]["start_time"]) <= ended.timestamp() * 1000


def _end(mlflow: Transport, run_id: str, ending: Ending) -> str:
    status = "KILLED" if ending.is_cancelled else "FAILED"
    why = f"The {ending.what} that made this run ended ({ending.state}) and left it open. Run it again."
    mlflow.post(f"{API}/runs/set-tag", {"run_id": run_id, "key": ENDED_BECAUSE_TAG, "value": why})
    moment = int(ending.at.timestamp() * 1000)
    mlflow.post(f"{API}/runs/update", {"run_id": run_id, "status": status, "end_time": moment})
    return f"MLflow run {run_id} is {status}. {why}"


def _open_runs(mlflow: Transport) -> list[Json]:
    experiments = mlflow.post(f"{API}/experiments/search", {"max_results": PAGE}).get("experiments", [])
    query = {
        "experiment_ids": [each["experiment_id"] for each in experiments],
        "filter": "attributes.status = 'RUNNING'",
        "max_results": PAGE,
    }
    runs: list[Json] = mlflow.post(f"{API}/runs/search", query).get("runs", []) if experiments else []
    return runs


def _is_open(mlflow: Transport, run_id: str) -> bool:
    """Look once more: a run may have ended since its maker was asked about."""
    run = _run(mlflow, run_id)
    return run is not None and run["info"]["status"] == "RUNNING"


def _run(mlflow: Transport, run_id: str) -> Json | None:
    """Read a run.

    One that does not exist, or cannot, is None.
    """
    if not is_mlflow_run_id(run_id):
        return None
    try:
        return cast("Json", mlflow.get(f"{API}/runs/get", run_id=run_id)["run"])
    except NotFound:
        return None


def _tags(run: Json) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in run["data"].get("tags", [])}
