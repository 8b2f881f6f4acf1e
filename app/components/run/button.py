"""The button that starts a run, and under it, why it is off."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from app.components.page import session
from app.components.page.markdown import Markdown, link, sentence
from app.components.reads.clients import orchestrator
from app.components.reads.runs import blockers, reason_to_wait, runs_of_step, snapshot
from app.components.run import status
from app.engine.curriculum.source_code import code_hash
from app.engine.curriculum.steps import Action, Step
from app.engine.errors import InvalidParameters, NotFound, WorkshopError
from app.engine.orchestrators.contract import Blocker, Parameters, Target, Trigger
from app.engine.orchestrators.registry import tool_named
from app.i18n import _
from app.settings import get_settings
from workshop.facts import Run, RunPhase

READINESS_SECONDS = 3.0


@dataclass(frozen=True)
class Button:
    """What a button will start."""

    step: Step
    action: Action
    target: Target
    parameters: Parameters
    run_id: str | None
    """The run now on the page."""

    @property
    def id(self) -> str:
        """Key of this button in the session."""
        return f"{self.step.id}:{self.action.entrypoint}"

    def trigger(self) -> Trigger:
        """Describe the next click."""
        workspace = get_settings().workspace
        return Trigger(
            learner=session.learner(),
            step=self.step.id,
            target=self.target,
            parameters=self.parameters,
            click=session.click_token(self.id, self.parameters),
            code=code_hash(workspace),
            workspace=workspace,
        )


@st.fragment(run_every=READINESS_SECONDS)
def show(button: Button, page_is_old: Callable[[], bool] = lambda: False) -> None:
    """Show the button.

    Every few seconds, find out what keeps it off and whether the page has to be drawn again.


    Args:
        button: what it starts.
        page_is_old: whether the page has to be drawn again. It is asked here because a browser works through its whole
            page for each part that polls.
    """
    if _clicked(button) in st.session_state:
        _show_button(button, is_off=True)
        with st.spinner(_("Starting …")):
            _start(button, st.session_state[_clicked(button)] or button.trigger())
        st.rerun()
    if session.shown_run() not in (None, button.run_id):
        st.rerun()  # a click redraws this fragment only: the new run belongs on the whole page
    if button.run_id and status.has_news(button.action.orchestrator, button.run_id):
        st.rerun()
    if page_is_old():
        st.rerun()
    reasons = why_off(button)
    _show_button(button, is_off=bool(reasons))
    for reason in reasons:
        st.caption(f":material/info: {reason}")
    if problem := st.session_state.get(f"problem:{button.id}"):
        st.error(sentence(problem), icon=":material/error:")


def show_again(button: Button) -> None:
    """Show the button that repeats the run on the page with the parameters it had."""
    if button.run_id is None:
        return
    try:
        run = snapshot(button.action.orchestrator, button.run_id).run
        is_off = not run.phase.is_final or bool(blockers(button.target))
    except WorkshopError:  # the parts of the page above say what is wrong
        return
    again = replace(button, parameters=dict(run.parameters))
    st.button(
        _("Run again with these parameters"),
        icon=":material/replay:",
        disabled=is_off,
        key=f"again:{button.id}",
        on_click=_click,
        args=(again, again.trigger()),
    )


def why_off(button: Button) -> list[Markdown]:
    """List what keeps the button off, and what a run that has not started waits for, each in a sentence."""
    try:
        unfinished = _unfinished_run(button)
        if unfinished and unfinished.phase is not RunPhase.WAITING:
            return [Markdown(_("This run is still going: wait for its end, or cancel it."))]
        reasons = [_in_words(blocker) for blocker in blockers(button.target)]
        if unfinished:
            waits = Markdown(_("This run has not started yet: wait for it, or cancel it."))
            return [waits, *(reasons or _limits(button.target))]
        tool_named(button.target.orchestrator).check_parameters(button.target, button.parameters)
    except InvalidParameters as error:
        return [sentence(f"{name}: {problem}") for name, problem in error.problems.items()]
    except WorkshopError as error:
        return [sentence(str(error))]
    return reasons


def _in_words(blocker: Blocker) -> Markdown:
    words = sentence(blocker.reason)
    return Markdown(f"{words} {link(_('Open it'), blocker.page)}") if blocker.page else words


def _limits(target: Target) -> list[Markdown]:
    """Say which limit keeps one more run from starting."""
    reason = reason_to_wait(target)
    return [sentence(reason)] if reason else []


def _unfinished_run(button: Button) -> Run | None:
    """The run on the page, unless it is over or gone: its own part of the page says so."""
    if button.run_id is None:
        return None
    try:
        run = snapshot(button.action.orchestrator, button.run_id).run
    except NotFound:
        return None
    return None if run.phase.is_final else run


def _show_button(button: Button, is_off: bool) -> None:
    st.button(
        button.action.label,
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=is_off,
        key=f"run:{button.id}",
        on_click=_click,
        args=(button,),
    )


def _click(button: Button, trigger: Trigger | None = None) -> None:
    """Remember the click: the button goes off at once, whatever time the service takes to answer.

    Without a trigger, what the form says is read when the page is drawn next. A callback runs before that and still has
    the values of the last drawing, without what was typed just before the click.
    """
    st.session_state[_clicked(button)] = trigger


def _clicked(button: Button) -> str:
    return f"clicked:{button.id}"


def _start(button: Button, trigger: Trigger) -> None:
    """Start the run. A second delivery of the same click finds the same run."""
    problem = f"problem:{button.id}"
    st.session_state.pop(problem, None)
    try:
        run_id = orchestrator(button.action.orchestrator).trigger(trigger)
    except WorkshopError as error:
        st.session_state[problem] = str(error)
        return
    finally:
        st.session_state.pop(_clicked(button), None)
    session.renew_click(button.id)
    runs_of_step.clear()
    session.show_run(run_id)
