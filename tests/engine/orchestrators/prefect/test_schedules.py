"""Why a run of Prefect's is late, and a schedule's times as its API takes them."""

import pytest

from app.engine.orchestrators.contract import Cron, Every
from app.engine.orchestrators.prefect.schedules import PrefectLateness, Slots, rule_body


def test_an_interval_is_written_in_seconds():
    assert rule_body(Every(2)) == {"interval": 120.0}


def test_a_cron_expression_is_one_of_utc():
    assert rule_body(Cron("0 6 * * *")) == {"cron": "0 6 * * *", "timezone": "UTC"}


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
    assert PrefectLateness(2, pool, deployment).cause(no_worker).startswith(words)
