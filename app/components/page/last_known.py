"""Data that stays on the page while its service is down: what it said last, to whichever viewer."""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from streamlit.delta_generator import DeltaGenerator

from app.components.page.errors import show_error
from app.components.page.local_time import clock
from app.components.page.memory import memory
from app.components.page.recovery import draw_when_it_answers
from app.engine.errors import ServiceDown
from app.i18n import _

Value = TypeVar("Value")


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
            draw_when_it_answers(fetch)
        return cast(Value, known[1]) if known else None
    memory().remember(question, answer)
    return answer
