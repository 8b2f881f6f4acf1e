"""The page of one step: text beside form and button, what the run did, checks, code and request."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import cast

import streamlit as st

from app.components.page import session
from app.components.page.errors import explain
from app.components.page.markdown import escape, sentence
from app.components.page.memory import memory, recall_or_raise
from app.components.page.plotly_text import short
from app.components.page.recovery import draw_when_it_answers
from app.components.reads.clients import orchestrator
from app.components.reads.curriculum import steps
from app.components.reads.runs import latest_run, target
from app.components.reads.schedules import schedules_of
from app.components.run import button as run_button
from app.components.run import status as run_status
from app.components.run.button import Button
from app.components.schedule import runs as scheduled_runs
from app.components.schedule import schedules
from app.components.step import check_panel, code_panel, fault_dial, lesson, param_form, request_panel, solution
from app.engine.curriculum.source_code import code_hash
from app.engine.curriculum.steps import Action, Step, find
from app.engine.errors import ContentError, ServiceDown, WorkshopError
from app.engine.orchestrators.contract import Target
from app.engine.orchestrators.parameters import defaults, merge
from app.i18n import _
from app.settings import get_settings

WATCH_SECONDS = 3.0


def show(step: Step) -> None:
    """Show a step."""
    st.session_state["last_step"] = step.id
    is_old = partial(_reads_differently, step, code_hash(get_settings().workspace))
    button: Button | None = None
    _header(step)
    reading, running = st.columns([3, 2], gap="large")
    with reading:
        lesson.show(step.text, key=f"lesson:{step.id}")
    if step.problem:
        with running:
            _show_problem(step)
    if step.actions:
        with running, st.container(border=True, key="run_card"):
            action = _choose(step)
            run_id = _run_on_page(step, action)
            button = _show_form(step, action, run_id, is_old)
            if run_id:
                run_status.show_head(action.orchestrator, run_id)
        if "fault_dial" in step.tools:
            with running:
                fault_dial.show(run_id)
        _show_result(action, run_id, button)
    _show_schedules(step)
    _show_check(step, action if step.actions else None)
    if step.actions:
        _show_code(action, button)
    if button is None:
        _watch(is_old)


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


def _show_form(step: Step, action: Action, run_id: str | None, is_old: Callable[[], bool]) -> Button | None:
    with explain():
        found = _target_or_wait(action)
        values = merge(defaults(found.schema), action.parameters)
        parameters = param_form.show(found.schema, values, f"form:{step.id}:{action.target}", action.functions)
        button = Button(step, action, found, parameters, run_id)
        run_button.show(button, is_old)
        return button
    return None


def _show_result(action: Action, run_id: str | None, button: Button | None) -> None:
    if not run_id:
        return
    st.subheader(_("What it did"), anchor="result")
    run_status.show(action.orchestrator, run_id)
    if button:
        run_button.show_again(button)


def _show_schedules(step: Step) -> None:
    """Show the schedules of the step's deployments; the section comes with the first one."""
    with explain():
        try:
            question = ("schedules", session.learner(), step.id)
            found = recall_or_raise(question, lambda: schedules_of(session.learner(), step.id))
        except ServiceDown:  # without a schedule, nobody misses the section
            draw_when_it_answers(lambda: schedules_of(session.learner(), step.id))
            return
        if found:
            st.subheader(_("Schedules"), anchor="schedules")
            schedules.show(step.id)
            scheduled_runs.show(step.id)


def _show_check(step: Step, action: Action | None) -> None:
    st.subheader(_("Check"), anchor="check")
    check_panel.show(step)
    if step.hints:
        with st.expander(_("Hints, one at a time"), icon=":material/lightbulb:"):
            _show_hints(step)
    if action:
        solution.show(step, action)


def _show_hints(step: Step) -> None:
    """Show as many hints as were asked for."""
    asked = f"hints:{step.id}"
    shown: int = st.session_state.get(asked, 0)
    for hint in step.hints[:shown]:
        st.markdown(f"- {hint}")
    if shown < len(step.hints):
        label = _("Show a hint") if shown == 0 else _("Show another hint")
        st.button(
            label,
            icon=":material/lightbulb:",
            key=f"hint:{step.id}",
            on_click=lambda: st.session_state.update({asked: shown + 1}),
        )


def _show_code(action: Action, button: Button | None) -> None:
    st.subheader(_("The code that runs"), anchor="code")
    with explain():
        code_panel.show(get_settings().workspace, action.file, action.functions, key=f"code:{action.entrypoint}")
    if button:
        with st.expander(_("The request that the button sends"), icon=":material/send:"), explain():
            request = orchestrator(action.orchestrator).build_request(button.trigger())
            request_panel.show(request, button.target)


def _reads_differently(step: Step, code: str) -> bool:
    """Whether the step or the code is no longer what the page shows: somebody saved a file in their own editor."""
    with suppress(ContentError):
        return find(steps(session.language()), step.id) != step or code_hash(get_settings().workspace) != code
    return False


def _watch(is_old: Callable[[], bool]) -> None:
    """Draw the page anew once it is old; where there is a button, that asks."""

    @st.fragment(run_every=WATCH_SECONDS)
    def look() -> None:
        if is_old():
            st.rerun()

    look()


def _target_or_wait(action: Action) -> Target:
    """Read the target; while that fails, look again by itself. What is known of it will do: the button says more."""
    ask = partial(target, action.orchestrator, action.target_of(session.learner()))
    question = ("target", action.orchestrator, action.target_of(session.learner()))
    try:
        found = ask()
    except WorkshopError as error:
        draw_when_it_answers(ask)
        if isinstance(error, ServiceDown) and (known := memory().recall(question)):
            return cast(Target, known[1])
        raise
    memory().remember(question, found)
    return found


def _run_on_page(step: Step, action: Action) -> str | None:
    """The run in the address; else the learner's latest of this step."""
    if run_id := session.shown_run():
        return run_id
    if asked := session.asked_run():
        words = _("The address asks for a run that cannot be one: {asked}. Below is your latest run, if there is one.")
        st.info(words.format(asked=escape(short(asked))), icon=":material/search_off:")
    question = (action.orchestrator, session.learner(), step.id, action.target_of(session.learner()))
    with explain():
        try:
            latest = recall_or_raise(("latest", *question), lambda: latest_run(*question))
        except ServiceDown:  # the form beside says so
            draw_when_it_answers(lambda: latest_run(*question))
            return None
        return latest.id if latest else None
    return None
