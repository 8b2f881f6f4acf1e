"""What MLflow holds, read once every few seconds for all viewers. Errors are never cached."""

from dataclasses import dataclass

from app.components.reads.asking import Freshness, asks
from app.components.reads.clients import mlflow_store
from app.engine.tracking.client import NEWEST_FIRST
from workshop.facts import MlflowRun, ModelVersion, Run

POLL_SECONDS = 4
"""How often a page that shows this data looks again."""


@asks("mlflow", freshness=Freshness.STEADY, client=mlflow_store)
def fetch_experiments() -> list[str]:
    """List the names of the experiments."""
    return list(mlflow_store().experiments().values())


@asks("mlflow", freshness=Freshness.STEADY, client=mlflow_store)
def fetch_runs(
    experiments: tuple[str, ...] = (), condition: str = "", order_by: str = NEWEST_FIRST, limit: int = 200
) -> list[MlflowRun]:
    """List runs. No experiments means all of them."""
    return mlflow_store().runs(experiments or None, condition, order_by, limit)


@asks("mlflow", freshness=Freshness.STEADY, client=mlflow_store)
def fetch_runs_with_ids(run_ids: tuple[str, ...]) -> dict[str, MlflowRun]:
    """Read several runs. One that does not exist is left out."""
    return mlflow_store().runs_with_ids(run_ids)


@asks("mlflow", freshness=Freshness.STEADY, client=mlflow_store)
def fetch_open_runs() -> list[MlflowRun]:
    """List the runs that have not ended and name nobody who made them."""
    return mlflow_store().open_runs()


@asks("mlflow", freshness=Freshness.STEADY, client=mlflow_store)
def fetch_models() -> list[str]:
    """List the names of the registered models."""
    return mlflow_store().registered_models()


@asks("mlflow", freshness=Freshness.STEADY, client=mlflow_store)
def fetch_versions(name: str) -> list[ModelVersion]:
    """List the versions of a registered model, newest first."""
    return mlflow_store().versions(name)


@dataclass(frozen=True)
class Outcome:
    """What MLflow knows to have come out of one orchestrator run."""

    run: MlflowRun
    versions: tuple[ModelVersion, ...]


@asks("mlflow", freshness=Freshness.LIVE, client=mlflow_store)
def outcomes(run: Run) -> list[Outcome]:
    """Ask MLflow what a run made."""
    store = mlflow_store()
    return [Outcome(made, tuple(store.versions_of_run(made.id))) for made in store.runs_made_by(run)]
