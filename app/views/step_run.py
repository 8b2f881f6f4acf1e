"""The parts of a step's page that start a run and show what it did."""

from functools import partial
from typing import cast

import streamlit as st

from app.components.page import session
from app.components.page.errors import explain
from app.components.page.markdown import escape
from app.components.page.memory import memory, recall_or_raise
from app.components.page.plotly_text import short
from app.components.page.recovery import draw_when_it_answers
from app.components.page.step_page import StepPage
from app.components.reads.runs import latest_run, target
from app.components.run import button as run_button
from app.components.run import status as run_status
from app.components.run.button import Button
from app.components.step import param_form
from app.engine.curriculum.steps import Action, Step
from app.engine.errors import ServiceDown, WorkshopError
from app.engine.orchestrators.contract import Target
from app.engine.orchestrators.parameters import defaults, merge
from app.i18n import _


def show(page: StepPage) -> None:
    """Show form and button, and the state of the run, where a step has an action."""
    if not page.step.actions:
        return
    with st.container(border=True, key="run_card"):
        page.action = _choose(page.step)
        with explain():
            page.run_id = _run_on_page(page.step, page.action)
        with explain():
            _show_form(page, page.action)
        if page.run_id:
            run_status.show_head(page.action.orchestrator, page.run_id)


def show_result(page: StepPage) -> None:
    """Show what the run did, and the button that repeats it."""
    if not page.run_id or not page.action:
        return
    st.subheader(_("What it did"), anchor="result")
    run_status.show(page.action.orchestrator, page.run_id)
    if page.show_again:
        page.show_again()


def _choose(step: Step) -> Action:
    """Pick the action on the page, when a step has several."""
    if len(step.actions) == 1:
        return step.actions[0]
    labels = [action.label for action in step.actions]
    chosen = st.segmented_control(
        _("What to run"),
        labels,
        default=labels[0],
        required=True,
        key=f"action:{step.id}",
        on_change=session.hide_run,
        width="stretch",
    )
    return step.actions[labels.index(chosen) if chosen else 0]


def _run_on_page(step: Step, action: Action) -> str | None:
    """Find the run in the address, else the learner's latest of this step."""
    if run_id := session.shown_run():
        return run_id
    if asked := session.asked_run():
        words = _("The address asks for a run that cannot be one: {asked}. Below is your latest run, if there is one.")
        st.info(words.format(asked=escape(short(asked))), icon=":material/search_off:")
    question = (action.orchestrator, session.learner(), step.id, action.target_of(session.learner()))
    try:
        latest = recall_or_raise(("latest", *question), lambda: latest_run(*question))
    except ServiceDown:  # the form beside says so
        draw_when_it_answers(lambda: latest_run(*question))
        return None
    return latest.id if latest else None


def _show_form(page: StepPage, action: Action) -> None:
    answer = _target_or_wait(action)
    values = merge(defaults(answer.schema), action.parameters)
    parameters = param_form.show(answer.schema, values, f"form:{page.step.id}:{action.target}", action.functions)
    button = Button(page.step, action, answer, parameters, page.run_id)
    run_button.show(button, page.is_old)
    page.target, page.next_click = answer, button.trigger
    page.show_again = partial(run_button.show_again, button)


def _target_or_wait(action: Action) -> Target:
    """Read the target, or take what was known of it while its service is down: the button says more.

    Where that fails, the page is drawn again once there is an answer.
    """
    question = (action.orchestrator, action.target_of(session.learner()))
    ask = partial(target, *question)
    try:
        answer = ask()
    except WorkshopError as error:
        draw_when_it_answers(ask)
        if isinstance(error, ServiceDown) and (last := memory().recall(("target", *question))):
            return cast(Target, last[1])
        raise
    memory().remember(("target", *question), answer)
    return answer
