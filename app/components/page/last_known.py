"""Keep the last answer on the page while its service is down, and say so."""

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
    """Fetch an answer, or say that the service is down and give the last one.

    Everybody shares the last answers.

    Args:
        question: What is asked, with all that the answer depends on.
        fetch: Asks the service.
        notice: Where to say that the service is down. In an `st.empty` it is said once.
        again: Whether to ask until there is an answer, for a part of the page that does not poll.

    Returns:
        The answer, the last one, or None when there is none.
    """
    try:
        answer = fetch()
    except ServiceDown as error:
        last = memory().recall(question)
        with notice:
            show_error(error, _("Shown is what it said at {time}.").format(time=clock(last[0])) if last else "")
        if again:
            draw_when_it_answers(fetch)
        return cast(Value, last[1]) if last else None
    memory().remember(question, answer)
    return answer
