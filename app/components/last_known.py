"""Data that stays on the page while its service is down."""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.errors import show_error
from app.engine.errors import ServiceDown

Value = TypeVar("Value")


def fetch_or_recall(question: Hashable, fetch: Callable[[], Value], notice: DeltaGenerator) -> Value | None:
    """Fetch, and remember the answer for this viewer; while the service is down, say so and return what was known.

    Args:
        question: What is asked, with all that the answer depends on.
        fetch: Asks the service.
        notice: Where to say that the service is down: an `st.empty`, so that it says so once however many fail.

    Returns:
        The answer, an older one, or None when there is none.
    """
    answers = cast(dict[Hashable, Value], st.session_state.setdefault("last_known", {}))
    try:
        answers[question] = fetch()
    except ServiceDown as error:
        with notice:
            show_error(error)
    return answers.get(question)
