"""The parts of which a step's page is made: a name in the front matter's `parts`, its place, and what shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from app.components.page.step_page import StepPage
from app.components.reads.clients import orchestrator
from app.components.schedule import step_schedules
from app.components.step import check_panel, code_panel, fault_dial, hints, lesson, request_panel, solution
from app.i18n import _
from app.settings import get_settings
from app.views import step_run

Place = Literal["left", "right", "below"]


@dataclass(frozen=True)
class Part:
    """One thing that a step's page may show."""

    place: Place
    """Beside each other, left and right, or below both over the whole width."""
    show: Callable[[StepPage], None]


def _show_text(page: StepPage) -> None:
    lesson.show(page.step.text, key=f"lesson:{page.step.id}")


def _show_check(page: StepPage) -> None:
    st.subheader(_("Check"), anchor="check")
    check_panel.show(page.step)


def _show_solution(page: StepPage) -> None:
    if page.action:
        solution.show(page.step, page.action)


def _show_code(page: StepPage) -> None:
    """Show the code of the action, else the files that the step names."""
    workspace = get_settings().workspace
    if page.action:
        st.subheader(_("The code that runs"), anchor="code")
        action = page.action
        code_panel.show(workspace, action.file, action.functions, key=f"code:{action.entrypoint}")
    for file in page.step.files:
        code_panel.show(workspace, file, (), key=f"code:{file}")


def _show_request(page: StepPage) -> None:
    if page.target and page.next_click:
        with st.expander(_("The request that the button sends"), icon=":material/send:"):
            request = orchestrator(page.target.orchestrator).build_request(page.next_click())
            request_panel.show(request, page.target)


PARTS: dict[str, Part] = {
    "text": Part("left", _show_text),
    "run": Part("right", step_run.show),
    "fault_dial": Part("right", lambda page: fault_dial.show(page.run_id)),
    "result": Part("below", step_run.show_result),
    "schedules": Part("below", lambda page: step_schedules.show(page.step)),
    "check": Part("below", _show_check),
    "hints": Part("below", lambda page: hints.show(page.step)),
    "solution": Part("below", _show_solution),
    "code": Part("below", _show_code),
    "request": Part("below", _show_request),
}
