"""The names that tie things together across the tools: one place, used by the lessons and by the panel."""

from collections.abc import Iterable

SOLO_LEARNER = "me"

SHARED_STEP = "assets"
"""The Dagster step whose assets and jobs all Dagster steps share. What another step brings carries that step's id."""

LEARNER_TAG = "workshop/learner"
STEP_TAG = "workshop/step"
CLICK_TAG = "workshop/click"
CODE_TAG = "workshop/code"

PREFECT_RUN_TAG = "prefect.flow_run_id"
"""On an MLflow run: the Prefect flow run that made it."""
DAGSTER_RUN_TAG = "dagster.run_id"
"""On an MLflow run: the Dagster run that made it."""
MLFLOW_PARENT_TAG = "mlflow.parentRunId"
"""On an MLflow run: the MLflow run inside which it was begun. MLflow's own."""
ENDED_BECAUSE_TAG = "workshop/ended_because"
"""On an MLflow run that was left open: why the stack, or somebody in the panel, has ended it."""


def personal(base: str, learner: str) -> str:
    """Name a learner's own experiment, model or job: `base` alone for the solo learner, else `base-learner`."""
    return base if learner == SOLO_LEARNER else f"{base}-{learner}"


def job_name(base: str, learner: str) -> str:
    """Name a learner's own Dagster job. Dagster allows letters, digits and _ only."""
    return personal(base, learner).replace("-", "_")


def asset_prefix(learner: str, step: str) -> list[str]:
    """Name what stands before an asset's own name in its key: the learner, then the step that brought the asset."""
    return [*([] if learner == SOLO_LEARNER else [learner]), *([] if step == SHARED_STEP else [step])]


def op_name(base: str, learner: str, step: str) -> str:
    """Name an asset's op. Dagster allows letters, digits and _ only."""
    return "__".join([*asset_prefix(learner, step), base]).replace("-", "_")


def step_job(base: str, step: str) -> str:
    """Name the solo learner's job of a step: `base` alone where it is in the shared module."""
    return base if step == SHARED_STEP else f"{step}__{base}"


def experiment_name(learner: str, step: str) -> str:
    """Name the MLflow experiment in which a learner's runs of a step belong."""
    return personal(step.replace("_", "-"), learner)


def model_name(learner: str) -> str:
    """Name the registered model that a learner's versions go to."""
    return personal("churn-predictor", learner)


def tags_to_labels(tags: Iterable[str]) -> dict[str, str]:
    """Read Prefect's plain tags (`workshop/learner:me`) as keys and values.

    A tag without a colon has an empty value.
    """
    return {key: value for key, _, value in (tag.partition(":") for tag in tags)}


def labels_to_tags(labels: dict[str, str]) -> list[str]:
    """Write keys and values as Prefect's plain tags, sorted."""
    return sorted(f"{key}:{value}" if value else key for key, value in labels.items())


def workshop_labels(labels: dict[str, str]) -> dict[str, str]:
    """Keep the workshop's own keys: what a run hands on to the MLflow run it makes."""
    return {key: value for key, value in labels.items() if key.startswith("workshop/")}


def learner_of(tags: Iterable[str]) -> str:
    """Read from a flow run's tags whose run it is. A run without the tag is the solo learner's."""
    return tags_to_labels(tags).get(LEARNER_TAG) or SOLO_LEARNER
