"""A learner's schedules: the worker's heartbeat under them, without which none starts anything."""

from datetime import timedelta

import pytest

from app.components.schedules import sign_of_life
from tests.components.facts import at


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (at(-3), "The last heartbeat of the worker: 3 s ago."),
        (at(0) - timedelta(minutes=5), "The last heartbeat of the worker: 5 min ago."),
        (None, "No worker has given a sign of life yet."),
    ],
)
def test_the_workers_heartbeat_is_said(last, told):
    assert sign_of_life(last, at(0)).endswith(told)
