"""Sort both orchestrators' states into the six phases that decide a badge's colour."""

from workshop.facts import RunPhase

PREFECT_STATE_TYPES = {
    "SCHEDULED": RunPhase.WAITING,
    "PENDING": RunPhase.WAITING,
    "PAUSED": RunPhase.WAITING,
    "RUNNING": RunPhase.RUNNING,
    "CANCELLING": RunPhase.RUNNING,
    "COMPLETED": RunPhase.SUCCEEDED,
    "FAILED": RunPhase.FAILED,
    "CRASHED": RunPhase.FAILED,
    "CANCELLED": RunPhase.CANCELLED,
}
"""By state type: each of Prefect's state names (Late, AwaitingRetry, Cached …) belongs to one type."""

DAGSTER_RUN_STATUSES = {
    "QUEUED": RunPhase.WAITING,
    "NOT_STARTED": RunPhase.WAITING,
    "MANAGED": RunPhase.RUNNING,
    "STARTING": RunPhase.WAITING,
    "STARTED": RunPhase.RUNNING,
    "SUSPENDED": RunPhase.WAITING,
    "SUCCESS": RunPhase.SUCCEEDED,
    "FAILURE": RunPhase.FAILED,
    "CANCELING": RunPhase.RUNNING,
    "CANCELED": RunPhase.CANCELLED,
}

BEING_CANCELLED = ("Cancelling", "CANCELING")
"""Prefect's and Dagster's names of the state between the asking and the end."""

DAGSTER_STEP_STATUSES = {
    "SKIPPED": RunPhase.CANCELLED,
    "SUCCESS": RunPhase.SUCCEEDED,
    "FAILURE": RunPhase.FAILED,
    "IN_PROGRESS": RunPhase.RUNNING,
}


def prefect_phase(state_type: str | None) -> RunPhase:
    """Sort a Prefect state by its type."""
    return PREFECT_STATE_TYPES.get(state_type or "", RunPhase.UNKNOWN)


def dagster_phase(status: str | None) -> RunPhase:
    """Sort a Dagster run by its status."""
    return DAGSTER_RUN_STATUSES.get(status or "", RunPhase.UNKNOWN)


def dagster_step_phase(status: str | None) -> RunPhase:
    """Sort a step of a Dagster run by its status; a step that has none has not begun."""
    return DAGSTER_STEP_STATUSES.get(status, RunPhase.UNKNOWN) if status else RunPhase.WAITING
