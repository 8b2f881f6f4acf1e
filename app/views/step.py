"""The page of one step: its header, and the parts that its front matter names."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from app.components.page import session
from app.components.page.errors import explain
from app.components.page.markdown import sentence
from app.components.page.step_page import StepPage
from app.components.reads.curriculum import steps
from app.engine.curriculum.source_code import code_hash
from app.engine.curriculum.steps import Step, find
from app.engine.errors import ContentError
from app.i18n import _
from app.settings import get_settings
from app.views.step_parts import PARTS, Place

WATCH_SECONDS = 3.0


def show(step: Step) -> None:
    """Show a step."""
    st.session_state["last_step"] = step.id
    is_old = partial(_reads_differently, step, code_hash(get_settings().workspace))
    page = StepPage(step, is_old, step.actions[0] if step.actions else None)
    _header(step)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _show_parts(page, "left")
    with right:
        if step.problem:
            _show_problem(step)
        _show_parts(page, "right")
    _show_parts(page, "below")
    if page.next_click is None:
        _watch(is_old)


def _show_parts(page: StepPage, place: Place) -> None:
    """Show the parts of one place, in the order of the front matter.

    Each says by itself what is wrong with it.
    """
    for name in page.step.parts:
        if name in PARTS and PARTS[name].place == place:
            with explain():
                PARTS[name].show(page)


def _header(step: Step) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(step.phase.title, icon=step.phase.icon, color=step.phase.color)
        st.badge(_("{minutes:d} min").format(minutes=step.minutes), icon=":material/timer:", color="gray")
    st.title(step.title, anchor=False)
    st.markdown(step.summary)


def _show_problem(step: Step) -> None:
    where = get_settings().workspace.resolve()
    st.error(sentence(step.problem.replace(f"{where}/", "")), icon=":material/error:")
    st.caption(_("Correct the file and save it: this page reads it again within seconds. The other steps go on."))


def _reads_differently(step: Step, code: str) -> bool:
    """Say whether the page is out of date, because somebody saved a file of the step or its code."""
    try:
        read = steps(session.language(), tuple(PARTS))
    except ContentError:
        return False
    return find(read, step.id) != step or code_hash(get_settings().workspace) != code


def _watch(is_old: Callable[[], bool]) -> None:
    """Draw the page again once it is old, where no button asks for that."""

    @st.fragment(run_every=WATCH_SECONDS)
    def look() -> None:
        if is_old():
            st.rerun()

    look()
