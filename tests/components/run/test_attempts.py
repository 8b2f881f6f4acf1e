"""The table of attempts: how long each took, why it failed and how long the wait was."""

from app.components.run import attempts
from app.engine.orchestrators.contract import LogLine
from tests.components.facts import at, attempt, snapshot, task
from tests.shown import shown, words
from workshop.facts import RunPhase

FETCH = task("fetch_rate", attempt(1, 1, 2, RunPhase.FAILED), attempt(2, 4, 4.5))


def said(second: float, error: str) -> LogLine:
    message = f"Task run failed with exception: {error} - Retry 1/3 will start"
    return LogLine(at(second), "error", FETCH.name, message, FETCH.id)


def lines(*tasks, logs=()):
    return words(shown(attempts.show, snapshot(*tasks, logs=logs))).splitlines()


def test_each_attempt_is_a_line_with_its_error_and_the_wait_after_it():
    assert lines(FETCH, logs=(said(1.9, "HTTPStatusError('500')"),))[2:] == [
        "| fetch_rate | 1 | Crashed | 1.00\u00a0s | `HTTPStatusError('500')` | **2.0 s** |",
        "| fetch_rate | 2 | Completed | 0.50\u00a0s |  |  |",
    ]


def test_an_attempt_that_runs_has_no_length_yet():
    running = task("fetch_rate", attempt(1, 1, 2, RunPhase.FAILED), attempt(2, 4, None, RunPhase.RUNNING))
    assert lines(running)[-1] == "| fetch_rate | 2 | Running | … |  |  |"


def test_an_error_cannot_break_the_table_and_is_not_told_at_length():
    logs = (said(1.5, "ValueError('a|b`c\\n" + "x" * 500 + "')"), said(1.6, "later"))
    assert "| ``ValueError('a|b`c`` |" in lines(FETCH, logs=logs)[2]
    assert lines(FETCH, logs=(said(1.5, "y" * 500),))[2].count("y") == attempts.MOST_LETTERS


def test_tasks_that_succeed_at_once_need_no_table():
    assert lines(task("load", attempt(1, 1, 2))) == []
    assert len(lines(task("load", attempt(1, 1, 2, RunPhase.FAILED), phase=RunPhase.FAILED))) == 3
