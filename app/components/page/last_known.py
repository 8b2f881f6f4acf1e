"""Data that stays on the page while its service is down: what it said last, to whichever viewer."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from threading import Lock
from typing import Any, TypeVar, cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.page.errors import show_error
from app.components.page.local_time import clock
from app.components.page.recovery import look_again
from app.engine.errors import ServiceDown
from app.i18n import _

MOST = 300
MOST_LOG_LINES = 40_000
"""Of all runs together: a line takes half a kilobyte or more, and the panel's container has 768 MB."""
Value = TypeVar("Value")


class Memory:
    """The last answer to each question, and when it was given; the questions that nobody asks any more go."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answers: OrderedDict[Hashable, tuple[datetime, Any]] = OrderedDict()

    def remember(self, question: Hashable, answer: object) -> None:
        """Keep an answer in place of the one before."""
        with self._lock:
            self._answers[question] = datetime.now(UTC), answer
            self._answers.move_to_end(question)
            if len(self._answers) > MOST:
                self._answers.popitem(last=False)
            self._drop_old_logs()

    def _drop_old_logs(self) -> None:
        lines = {question: len(getattr(answer, "logs", ())) for question, (_, answer) in self._answers.items()}
        too_many = sum(lines.values()) - MOST_LOG_LINES
        for question, count in lines.items():
            if too_many > 0 and count:
                del self._answers[question]
                too_many -= count

    def recall(self, question: Hashable) -> tuple[datetime, Any] | None:
        """Give the last answer, and when it was given."""
        with self._lock:
            return self._answers.get(question)


@st.cache_resource(show_spinner=False)
def memory() -> Memory:
    """Make the memory of all viewers, once per process."""
    return Memory()


def fetch_or_recall(
    question: Hashable, fetch: Callable[[], Value], notice: DeltaGenerator, again: bool = False
) -> Value | None:
    """Fetch, and remember the answer for everybody; while the service is down, say so and return what was known.

    Args:
        question: What is asked, with all that the answer depends on.
        fetch: Asks the service.
        notice: Where to say that the service is down: an `st.empty`, so that it says so once however many fail.
        again: Whether this is a part of the page that does not poll, and has to look again by itself.

    Returns:
        The answer, an older one, or None when there is none.
    """
    try:
        answer = fetch()
    except ServiceDown as error:
        known = memory().recall(question)
        with notice:
            show_error(error, _("Shown is what it said at {time}.").format(time=clock(known[0])) if known else "")
        if again:
            look_again(fetch)
        return cast(Value, known[1]) if known else None
    memory().remember(question, answer)
    return answer


def recall_or_raise(question: Hashable, fetch: Callable[[], Value]) -> Value:
    """Fetch, and remember the answer for everybody; while the service is down, return what was known.

    Raises:
        ServiceDown: it is down, and nothing was known.
    """
    try:
        answer = fetch()
    except ServiceDown:
        if known := memory().recall(question):
            return cast(Value, known[1])
        raise
    memory().remember(question, answer)
    return answer
