"""What became of each attempt: the exception is taken from the log, from the lines of that attempt."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.engine.orchestrators.attempts import outcomes
from app.engine.orchestrators.contract import LogLine, RunSnapshot
from app.engine.orchestrators.prefect.tool import PREFECT
from workshop.facts import Attempt, Run, RunPhase, TaskRun

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
RUN = Run("prefect", "r", "calm-owl", "f/d", "Completed", RunPhase.SUCCEEDED, NOON)


def outcomes_of(snapshot):
    return outcomes(snapshot, PREFECT.error_in)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def line(seconds: float, message: str, task: str = "t") -> LogLine:
    return LogLine(at(seconds), "info", "fetch-0", message, task)


def task(*attempts: Attempt, phase: RunPhase = RunPhase.SUCCEEDED) -> TaskRun:
    return TaskRun("t", "fetch-0", "Completed", phase, at(0), at(9), attempts=attempts)


FAILED = Attempt(1, "AwaitingRetry", RunPhase.FAILED, at(0), at(1))
AGAIN = Attempt(2, "AwaitingRetry", RunPhase.FAILED, at(3), at(4))
LAST = Attempt(3, "Completed", RunPhase.SUCCEEDED, at(8), at(9))
LOG = (
    line(1.01, "Task run failed with exception: ValueError('a - b') - Retry 1/3 will start 2 second(s) from now"),
    line(2, "Task run failed with exception: KeyError('other task')", task="another of that name"),
    line(3.5, "About to fail"),
    line(4, "Task run failed with exception: OSError(2) - Retry 2/3 will start 4 second(s) from now"),
)


def test_each_attempt_has_its_own_exception_and_the_wait_after_it():
    of_tasks = outcomes_of(RunSnapshot(RUN, (task(FAILED, AGAIN, LAST),), LOG, at(20)))
    assert [(each.attempt.number, each.error, each.wait) for each in of_tasks] == [
        (1, "ValueError('a - b')", 2.0),
        (2, "OSError(2)", 4.0),
        (3, "", None),
    ]


def test_of_two_tasks_of_one_name_each_has_its_own_exception():
    twins = task(FAILED), replace(task(FAILED), id="u")
    log = line(0.9, "Task run failed with exception: A()"), line(0.9, "Task run failed with exception: B()", "u")
    assert [each.error for each in outcomes_of(RunSnapshot(RUN, twins, log, at(20)))] == ["A()", "B()"]


def test_a_task_that_succeeded_at_once_is_left_out_and_one_that_failed_is_not():
    once, failed = task(LAST), task(AGAIN, phase=RunPhase.FAILED)
    assert outcomes_of(RunSnapshot(RUN, (once,), LOG, at(20))) == []
    log = (line(4.2, "Task run failed with exception: OSError(2) - Retries are exhausted"),)
    (of_tasks,) = outcomes_of(RunSnapshot(RUN, (failed,), log, at(20)))
    assert (of_tasks.error, of_tasks.wait) == ("OSError(2)", None)


def test_the_first_attempt_is_explained_while_its_task_waits_for_the_second():
    waits = task(FAILED, phase=RunPhase.WAITING)
    assert [each.error for each in outcomes_of(RunSnapshot(RUN, (waits,), LOG, at(2)))] == ["ValueError('a - b')"]


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("Task run failed with exception: OSError(2)", "OSError(2)"),
        ("Task run exceeded timeout of 3.0 second(s)", "Task run exceeded timeout of 3.0 second(s)"),
        (
            "Finished in state Failed('Task run encountered an exception ValueError: no - such')",
            "ValueError: no - such",
        ),
        ('Finished in state Failed("Task run encountered an exception E: it\'s 404")', "E: it's 404"),
        ("Finished in state Completed()", ""),
    ],
)
def test_the_exception_is_found_in_whichever_line_has_it(message, error):
    snapshot = RunSnapshot(RUN, (task(AGAIN, phase=RunPhase.FAILED),), (line(3.9, message),), at(20))
    assert [each.error for each in outcomes_of(snapshot)] == [error]


def test_an_attempt_whose_line_has_not_arrived_has_no_exception_yet():
    of_tasks = outcomes_of(RunSnapshot(RUN, (task(FAILED, AGAIN, LAST),), (), at(20)))
    assert {each.error for each in of_tasks} == {""}
