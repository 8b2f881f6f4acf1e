"""Schedules in words, and what is no cron expression."""

import pytest

from app.engine.errors import InvalidParameters
from app.engine.orchestrators.contract import Cron
from app.engine.orchestrators.schedule_times import cron_in_words, in_words, read_cron
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
    assert read_cron(f" {expression} ") == Cron(expression)


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
        read_cron(expression)
    said = f"`{expression}` is not a cron expression: {reason}. Every two minutes is `*/2 * * * *`."
    assert caught.value.problems == {"cron": said}


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
