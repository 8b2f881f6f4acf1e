"""Schedules in words, what is no cron expression, and why a run is late."""

import pytest

from app.engine.errors import InvalidParameters
from app.engine.orchestrators.prefect.schedules import (
    Lateness,
    Slots,
    cron_in_words,
    cron_rule,
    in_words,
    interval_rule,
)
from workshop.facts import Schedule


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("*/2 * * * *", "Every 2 minutes"),
        ("0 6 * * *", "At 06:00"),
        ("30 18 * * 1-5", "At 18:30, Monday through Friday"),
    ],
)
def test_a_cron_expression_is_said_in_words(expression, words):
    assert cron_in_words(expression) == words
    assert cron_rule(f" {expression} ") == {"cron": expression, "timezone": "UTC"}


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "wrong number of fields"),
        ("every day", "wrong number of fields"),
        ("*/2 * * *", "wrong number of fields"),
        ("61 * * * *", "bad minute"),
        ("0 25 * * *", "bad hour"),
        ("0 6 31 2 *", "bad day-of-month"),
        ("* * * * MONDAY", "bad day-of-week"),
    ],
)
def test_what_is_no_cron_expression_is_refused_with_the_reason(expression, reason):
    with pytest.raises(InvalidParameters) as caught:
        cron_rule(expression)
    said = f"`{expression}` is not a cron expression: {reason}. Every two minutes is `*/2 * * * *`."
    assert caught.value.problems == {"cron": said}


def test_an_interval_is_written_in_seconds():
    assert interval_rule(2) == {"interval": 120.0}


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("every 120 s", "every 2 min"),
        ("every 30 s", "every 30 s"),
        ("every 90 s", "every 1.5 min"),
        ("0 6 * * *", "0 6 * * * (at 06:00, UTC)"),
        ("FREQ=DAILY", "FREQ=DAILY"),
    ],
)
def test_a_schedule_is_said_in_words(written, words):
    assert in_words(Schedule("1", written, True)) == words


@pytest.mark.parametrize(
    ("pool", "deployment", "no_worker", "words"),
    [
        (Slots(1, 5), Slots(2, 2), "No worker has polled for 30 s.", "No worker has polled for 30 s."),
        (Slots(3, 3), Slots(2, 2), "", "The work pool runs at most 3 at once"),
        (Slots(3, 2), Slots(2, 2), "", "The deployment runs at most 2 at once"),
        (Slots(3, 2), Slots(2, 1), "", "The worker has not taken them yet"),
        (Slots(None, 9), Slots(None, 9), "", "The worker has not taken them yet"),
    ],
)
def test_the_cause_of_late_runs_is_said(pool, deployment, no_worker, words):
    assert Lateness(2, pool, deployment).cause(no_worker).startswith(words)
