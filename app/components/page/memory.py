"""Give what a service said last, to any viewer, while it is down."""

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
    """Fetch an answer, or give the last one while the service is down.

    Raises:
        ServiceDown: it is down, and has not answered this question before.
    """
    try:
        answer = fetch()
    except ServiceDown:
        if last := memory().recall(question):
            return cast(Value, last[1])
        raise
    memory().remember(question, answer)
    return answer
