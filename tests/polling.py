"""Wait for something with a deadline: never a fixed sleep."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
POLL_SECONDS = 0.2


def wait_until(ask: Callable[[], T], seconds: float, what: str) -> T:
    """Ask again and again until the answer is true, and return it.

    Raises:
        AssertionError: it did not come true in time; says what was waited for and the last answer.
    """
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"Not within {seconds:g} s: {what}. The last answer was {answer!r}."
        time.sleep(POLL_SECONDS)
    return answer
