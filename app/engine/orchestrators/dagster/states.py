"""Sort Dagster's states into the six phases that decide a badge's colour."""

from workshop.facts import RunPhase

RUN_STATUSES = {
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

BEING_CANCELLED = "CANCELING"

STEP_STATUSES = {
    "SKIPPED": RunPhase.CANCELLED,
    "SUCCESS": RunPhase.SUCCEEDED,
    "FAILURE": RunPhase.FAILED,
    "IN_PROGRESS": RunPhase.RUNNING,
}


def phase_of(status: str | None) -> RunPhase:
    """Sort a run by its status."""
    return RUN_STATUSES.get(status or "", RunPhase.UNKNOWN)


def step_phase_of(status: str | None) -> RunPhase:
    """Sort a step of a run by its status. A step that has none has not begun."""
    return STEP_STATUSES.get(status, RunPhase.UNKNOWN) if status else RunPhase.WAITING
