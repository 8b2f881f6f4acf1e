"""Sort Prefect's states into the six phases that decide a badge's colour."""

from workshop.facts import RunPhase

STATE_TYPES = {
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

BEING_CANCELLED = "Cancelling"


def phase_of(state_type: str | None) -> RunPhase:
    """Sort a state by its type."""
    return STATE_TYPES.get(state_type or "", RunPhase.UNKNOWN)
