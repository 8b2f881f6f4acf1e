"""Wait for something with a deadline: never a fixed sleep."""

import time
from collections.abc import Callable
from typing import TypeVar

from app.engine.errors import ServiceDown

T = TypeVar("T")
POLL_SECONDS = 0.2


def wait_until(ask: Callable[[], T], seconds: float, what: str) -> T:
    """Ask again and again until the answer is true, and return it.

    Raises:
        AssertionError: it did not come true in time; says what was waited for and the last answer.
    """
    deadline = time.monotonic() + seconds
    while not (answer := _answer(ask)) or isinstance(answer, ServiceDown):
        assert time.monotonic() < deadline, f"Not within {seconds:g} s: {what}. The last answer was {answer!r}."
        time.sleep(POLL_SECONDS)
    return answer


def _answer(ask: Callable[[], T]) -> T | ServiceDown:
    """Ask; a service that is too busy to answer has said neither yes nor no."""
    try:
        return ask()
    except ServiceDown as error:
        return error
