"""Wait for something with a deadline, and not for a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

from app.engine.errors import ServiceDown
from app.engine.orchestrators.contract import Orchestrator
from workshop.facts import Run

T = TypeVar("T")
POLL_SECONDS = 0.2
RUN_SECONDS = 120


def wait_until(ask: Callable[[], T | None], seconds: float, what: str) -> T:
    """Ask until the answer is true, and return it.

    Raises:
        AssertionError: it did not come true in time; says what was waited for and the last answer.
    """
    deadline = time.monotonic() + seconds
    while not (answer := _answer(ask)) or isinstance(answer, ServiceDown):
        assert time.monotonic() < deadline, f"Not within {seconds:g} s: {what}. The last answer was {answer!r}."
        time.sleep(POLL_SECONDS)
    return answer


def wait_for_end(client: Orchestrator, run_id: str, seconds: float = RUN_SECONDS) -> Run:
    """Wait until a run is over and say how it ended."""

    def ended() -> Run | None:
        run = client.snapshot(run_id).run
        return run if run.phase.is_final else None

    return wait_until(ended, seconds, f"run {run_id} of {client.name} is over")


def _answer(ask: Callable[[], T]) -> T | ServiceDown:
    """Ask. When a service is too busy to answer, the answer is not known."""
    try:
        return ask()
    except ServiceDown as error:
        return error
