"""Tell what became of each attempt of a task run: attempts carry no error, the task run's log does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest

from app.engine.orchestrators.contract import LogLine, RunSnapshot
from workshop.facts import Attempt, RunPhase, TaskRun

LATE_LOG = timedelta(seconds=1)
"""A failed attempt's line may be dated a moment after its end."""


@dataclass(frozen=True)
class AttemptOutcome:
    """One attempt, and what is known about its end."""

    task: str
    attempt: Attempt
    wait: float | None
    """Seconds until the next attempt began, or None when there was none."""
    error: str
    """The exception, as the log has it, or an empty text when it did not fail."""


def outcomes(snapshot: RunSnapshot, error_in: Callable[[Sequence[str]], str]) -> list[AttemptOutcome]:
    """List every attempt of the task runs that were tried more than once or failed. Some may still wait.

    Args:
        snapshot: the run.
        error_in: finds the exception in an attempt's log lines, as the tool writes it; empty when there is none.
    """
    return [
        outcome
        for task in snapshot.tasks
        if len(task.attempts) > 1 or any(attempt.phase is RunPhase.FAILED for attempt in task.attempts)
        for outcome in _of_task(task, snapshot.logs, error_in)
    ]


def _of_task(task: TaskRun, logs: Sequence[LogLine], error_in: Callable[[Sequence[str]], str]) -> list[AttemptOutcome]:
    lines = [line for line in logs if line.task == task.id]
    attempts = []
    for attempt, following, wait in zip_longest(task.attempts, task.attempts[1:], task.waits):
        end = following.started if following else (attempt.ended or attempt.started) + LATE_LOG
        said = [line.message for line in lines if attempt.started <= line.at <= end]
        error = error_in(said) if attempt.phase is RunPhase.FAILED else ""
        attempts.append(AttemptOutcome(task.name, attempt, wait, error))
    return attempts
