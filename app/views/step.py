"""The page of one step: text, code, request, form, button, what it did, and checks."""

import streamlit as st

from app.components import check_panel, code_panel, param_form, request_panel, run_button, run_status, session
from app.components.clients import latest_run, orchestrator, target
from app.components.errors import explain
from app.components.run_button import Button
from app.engine.errors import WorkshopError
from app.engine.models import Target
from app.engine.parameters import defaults, merge
from app.engine.steps import Action, Step
from app.i18n import _
from app.settings import get_settings


def show(step: Step) -> None:
    """Show a step."""
    st.session_state["last_step"] = step.id
    _header(step)
    st.markdown(step.text)
    for index, action in enumerate(step.actions):
        _show_action(step, action, index)
    st.subheader(_("Check"), anchor="check")
    check_panel.show(step)
    for index, hint in enumerate(step.hints, 1):
        with st.expander(_("Hint {number}").format(number=index), icon=":material/lightbulb:"):
            st.markdown(hint)


def _header(step: Step) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(step.phase.title, icon=step.phase.icon, color=step.phase.color)  # type: ignore[arg-type]
        st.badge(_("{minutes} min").format(minutes=step.minutes), icon=":material/timer:", color="gray")
    st.title(step.title, anchor=False)
    st.markdown(f"*{step.summary}*")


def _show_action(step: Step, action: Action, index: int) -> None:
    code, form = st.columns([3, 2], gap="large")
    with code:
        st.subheader(_("The code that runs"), anchor=f"code-{index}")
        with explain():
            code_panel.show(get_settings().workspace, action.file, action.functions, key=f"code:{step.id}:{index}")
    run_id = _run_on_page(step, action)
    with form:
        st.subheader(_("Run it"), anchor=f"run-{index}")
        button = _show_form(step, action, run_id)
    if button:
        with st.expander(_("The request that the button sends"), icon=":material/send:"), explain():
            request = orchestrator(action.orchestrator).build_request(button.trigger())
            request_panel.show(request, button.target)
    if run_id:
        st.subheader(_("What it did"), anchor=f"result-{index}")
        run_status.show(action.orchestrator, run_id)
        if button:
            run_button.show_again(button)


def _show_form(step: Step, action: Action, run_id: str | None) -> Button | None:
    with explain():
        found = _target_or_wait(action)
        values = merge(defaults(found.schema), action.parameters)
        parameters = param_form.show(found.schema, values, key=f"form:{step.id}:{action.target}")
        button = Button(step, action, found, parameters, run_id)
        run_button.show(button)
        return button
    return None


def _target_or_wait(action: Action) -> Target:
    """Read the target; while that fails, look again by itself."""
    name = action.target_of(session.learner())
    try:
        found: Target = target(action.orchestrator, name)
    except WorkshopError:
        _look_again(action, name)
        raise
    return found


def _look_again(action: Action, name: str) -> None:
    @st.fragment(run_every=3.0)
    def look() -> None:
        try:
            target(action.orchestrator, name)
        except WorkshopError:
            return
        st.rerun()

    look()


def _run_on_page(step: Step, action: Action) -> str | None:
    """The run in the address; else the learner's latest of this step."""
    if run_id := session.shown_run():
        return run_id
    with explain():
        latest = latest_run(action.orchestrator, session.learner(), step.id, action.target_of(session.learner()))
        return latest.id if latest else None
    return None
