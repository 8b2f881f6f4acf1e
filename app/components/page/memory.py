"""What the services said last, to whichever viewer: asked when a service is down."""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

import streamlit as st

from app.engine.errors import ServiceDown
from app.engine.memory import Memory

Value = TypeVar("Value")


@st.cache_resource(show_spinner=False)
def memory() -> Memory:
    """Make the memory of all viewers, once per process."""
    return Memory()


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
