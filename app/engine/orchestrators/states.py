"""Sort both orchestrators' states into the six phases that decide a badge's colour."""

from workshop.checking import Phase

PREFECT_STATE_TYPES = {
    "SCHEDULED": Phase.WAITING,
    "PENDING": Phase.WAITING,
    "PAUSED": Phase.WAITING,
    "RUNNING": Phase.RUNNING,
    "CANCELLING": Phase.RUNNING,
    "COMPLETED": Phase.SUCCEEDED,
    "FAILED": Phase.FAILED,
    "CRASHED": Phase.FAILED,
    "CANCELLED": Phase.CANCELLED,
}
"""By state type: each of Prefect's state names (Late, AwaitingRetry, Cached …) belongs to one type."""

DAGSTER_RUN_STATUSES = {
    "QUEUED": Phase.WAITING,
    "NOT_STARTED": Phase.WAITING,
    "MANAGED": Phase.RUNNING,
    "STARTING": Phase.WAITING,
    "STARTED": Phase.RUNNING,
    "SUSPENDED": Phase.WAITING,
    "SUCCESS": Phase.SUCCEEDED,
    "FAILURE": Phase.FAILED,
    "CANCELING": Phase.RUNNING,
    "CANCELED": Phase.CANCELLED,
}

BEING_CANCELLED = ("Cancelling", "CANCELING")
"""Prefect's and Dagster's names of the state between the asking and the end."""

DAGSTER_STEP_STATUSES = {
    "SKIPPED": Phase.CANCELLED,
    "SUCCESS": Phase.SUCCEEDED,
    "FAILURE": Phase.FAILED,
    "IN_PROGRESS": Phase.RUNNING,
}


def prefect_phase(state_type: str | None) -> Phase:
    """Sort a Prefect state by its type."""
    return PREFECT_STATE_TYPES.get(state_type or "", Phase.UNKNOWN)


def dagster_phase(status: str | None) -> Phase:
    """Sort a Dagster run by its status."""
    return DAGSTER_RUN_STATUSES.get(status or "", Phase.UNKNOWN)


def dagster_step_phase(status: str | None) -> Phase:
    """Sort a step of a Dagster run by its status; a step that has none has not begun."""
    return DAGSTER_STEP_STATUSES.get(status, Phase.UNKNOWN) if status else Phase.WAITING
