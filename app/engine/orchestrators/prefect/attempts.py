"""What became of each attempt of a task run: Prefect's attempts carry no error, the task run's log does."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest

from app.engine.orchestrators.contract import LogLine, RunSnapshot
from workshop.facts import Attempt, RunPhase, TaskRun

REASONS = (
    re.compile(r"Task run failed with [a-z ]+: (?P<error>.+?)(?: - [^-]*)?$", re.S),
    re.compile(r"(?P<error>Task run exceeded timeout of .+)$"),
    re.compile(r"Finished in state Failed\(\W*Task run encountered an exception (?P<error>.+?)['\"]?\)$", re.S),
)
"""Prefect's lines that name an exception, the most telling first; of an attempt that was not worth a retry there is
only the last one."""
LATE_LOG = timedelta(seconds=1)
"""A failed attempt's line may be dated a moment after its end."""


@dataclass(frozen=True)
class AttemptOutcome:
    """One attempt, and what is known about its end."""

    task: str
    attempt: Attempt
    wait: float | None
    """Seconds until the next attempt began; None when there was none."""
    error: str
    """The exception, as the log has it; empty when it did not fail."""


def outcomes(snapshot: RunSnapshot) -> list[AttemptOutcome]:
    """List every attempt of the task runs that were tried more than once, or failed, be it that they still wait."""
    return [
        outcome
        for task in snapshot.tasks
        if len(task.attempts) > 1 or any(attempt.phase is RunPhase.FAILED for attempt in task.attempts)
        for outcome in _of_task(task, snapshot.logs)
    ]


def _of_task(task: TaskRun, logs: Sequence[LogLine]) -> list[AttemptOutcome]:
    lines = [line for line in logs if line.task == task.id]
    found = []
    for attempt, following, wait in zip_longest(task.attempts, task.attempts[1:], task.waits):
        end = following.started if following else (attempt.ended or attempt.started) + LATE_LOG
        said = [line.message for line in lines if attempt.started <= line.at <= end]
        error = _exception_in(said) if attempt.phase is RunPhase.FAILED else ""
        found.append(AttemptOutcome(task.name, attempt, wait, error))
    return found


def _exception_in(messages: Sequence[str]) -> str:
    found = (pattern.match(message) for pattern in REASONS for message in messages)
    return next((match["error"] for match in found if match), "")
