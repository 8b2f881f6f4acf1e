"""Read MLflow's own entities as the facts of `workshop.facts`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from workshop.facts import MlflowRun, ModelVersion

if TYPE_CHECKING:
    from mlflow.entities import Run
    from mlflow.entities.model_registry import ModelVersion as StoredVersion


def read_run(run: "Run", experiment: str) -> MlflowRun:
    """Read a run. `experiment` is the name of its experiment."""
    info, data = run.info, run.data
    return MlflowRun(
        id=info.run_id,
        name=info.run_name or info.run_id[:8],
        experiment=experiment,
        experiment_id=info.experiment_id,
        status=info.status,
        started=_utc(info.start_time),
        ended=_utc(info.end_time) if info.end_time else None,
        params=dict(data.params),
        metrics=dict(data.metrics),
        tags=dict(data.tags),
    )


def read_version(version: "StoredVersion", aliases: Mapping[str, str], source: MlflowRun | None) -> ModelVersion:
    """Read a model version.

    A search returns it without aliases. They come from its registered model.
    """
    return ModelVersion(
        name=version.name,
        version=int(version.version),
        run_id=version.run_id or "",
        created=_utc(version.creation_timestamp),
        aliases=tuple(sorted(alias for alias, number in aliases.items() if int(number) == int(version.version))),
        tags=dict(version.tags),
        params=source.params if source else {},
        metrics=source.metrics if source else {},
    )


def _utc(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
