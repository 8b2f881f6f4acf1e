"""Draw a part of a page again once its service answers."""

from collections.abc import Callable

import streamlit as st

from app.engine.errors import WorkshopError

SECONDS = 3.0


def draw_when_it_answers(ask: Callable[[], object]) -> None:
    """Ask every few seconds, and draw the whole page again as soon as there is an answer."""
    asked_just_now = True

    @st.fragment(run_every=SECONDS)
    def look() -> None:
        nonlocal asked_just_now
        if asked_just_now:
            asked_just_now = False
            return
        try:
            ask()
        except WorkshopError:
            return
        st.rerun()

    look()
