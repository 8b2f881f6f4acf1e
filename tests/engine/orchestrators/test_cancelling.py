"""A run is cancelled without anybody waiting for it, once, and what went wrong is kept."""

from collections.abc import Iterator
from threading import Event

import pytest

from app.engine.errors import ServiceDown
from app.engine.orchestrators.cancelling import Cancelling
from tests.polling import wait_until


class Slow:
    """An orchestrator that takes its time to cancel a run, as Prefect does while one is pending."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.asked, self.may_go_on = error, [], Event()

    def cancel(self, run_id: str) -> None:
        self.asked.append(run_id)
        self.may_go_on.wait(10)
        if self.error:
            raise self.error


@pytest.fixture
def slow() -> Iterator[Slow]:
    made = Slow()
    yield made
    made.may_go_on.set()


def test_asking_returns_at_once_and_a_second_time_changes_nothing(slow):
    cancelling = Cancelling()
    cancelling.ask(slow, "r1")
    cancelling.ask(slow, "r1")
    assert cancelling.is_under_way("r1")
    assert not cancelling.is_under_way("r2")
    assert cancelling.problem("r1") == ""
    slow.may_go_on.set()
    wait_until(lambda: not cancelling.is_under_way("r1"), 10, "the run is cancelled")
    assert slow.asked == ["r1"]
    assert cancelling.problem("r1") == ""


@pytest.mark.parametrize("error", [ServiceDown("Prefect", "http://127.0.0.1:9"), ValueError("a bug")])
def test_what_goes_wrong_is_told_and_a_bug_is_not_hidden(error):
    cancelling, failing = Cancelling(), Slow(error)
    failing.may_go_on.set()
    cancelling.ask(failing, "r1")
    wait_until(lambda: not cancelling.is_under_way("r1"), 10, "the attempt is over")
    if isinstance(error, ValueError):
        with pytest.raises(ValueError, match="a bug"):
            cancelling.problem("r1")
    else:
        assert cancelling.problem("r1") == str(error)
    cancelling.ask(failing, "r1")
    wait_until(lambda: failing.asked == ["r1", "r1"], 10, "it is tried again")
