"""Show a run as it happens: its state, its tasks on a time axis, its log, and what came out of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import streamlit as st

from app.components.page.badges import state_badge
from app.components.page.errors import explain
from app.components.page.last_known import fetch_or_recall
from app.components.page.markdown import Markdown, escape, paragraph, sentence
from app.components.reads.clients import cancelling, orchestrator
from app.components.reads.runs import snapshot
from app.components.run import (
    attempts,
    cached_results,
    earlier_run,
    log_view,
    strip,
    task_graph,
    timeline,
    tree,
)
from app.engine.errors import WorkshopError
from app.engine.orchestrators.contract import RunSnapshot
from app.engine.orchestrators.parameters import leaves
from app.engine.orchestrators.registry import tool_of
from app.i18n import _
from workshop.facts import OrchestratorName, Run, RunPhase

POLL_SECONDS = 1.0
BLOCK = ":material/block:"
Seen = tuple[int, tuple[tuple[str, datetime | None], ...]]
"""How many log lines, and the state and end of each task."""
SETTLE = timedelta(seconds=4)
"""Log lines and the final task states arrive up to a few seconds after a run's last state."""


def show_head(name: OrchestratorName, run_id: str) -> None:
    """Show a run's state, its duration and how to cancel it, live until it has settled."""
    _follow(_show_head, name, run_id)


def show(name: OrchestratorName, run_id: str) -> None:
    """Show what a run made, its tasks and its log, live until it has settled."""
    _follow(_show_details, name, run_id)


def is_active(run: Run) -> bool:
    """Tell whether a run may still change."""
    return not run.phase.is_final


def _follow(draw: Callable[[RunSnapshot], None], name: OrchestratorName, run_id: str) -> None:
    """Draw a run again and again, each part of the page from the same snapshot."""
    settled = _is_settled(run_id)

    def draw_once() -> None:
        with explain():
            now = fetch_or_recall(("snapshot", run_id), lambda: snapshot(name, run_id), st.empty())
            if now is not None:
                draw(now)
                if not settled and _has_settled(now):
                    _settled_runs()[run_id] = _seen(now)
                    st.rerun()

    st.fragment(draw_once, run_every=None if settled else POLL_SECONDS, key=f"{draw.__name__}:{run_id}")()


def _settled_runs() -> dict[str, Seen]:
    """Give what was seen last of each run that the page no longer polls."""
    runs: dict[str, Seen] = st.session_state.setdefault("settled_runs", {})
    return runs


def _seen(now: RunSnapshot) -> Seen:
    return len(now.logs), tuple((task.state, task.ended) for task in now.tasks)


def _is_settled(run_id: str) -> bool:
    return run_id in _settled_runs()


def has_news(name: OrchestratorName, run_id: str) -> bool:
    """Tell whether a run that the page no longer polls has changed.

    It goes on, because somebody retried it in the tool's own page, and is followed again; or log lines or the states
    of tasks came late.
    """
    if not _is_settled(run_id):
        return False
    try:
        now = snapshot(name, run_id)
    except WorkshopError:  # the run's own part of the page says so
        return False
    if is_active(now.run):
        del _settled_runs()[run_id]
        return True
    has_changed = _seen(now) != _settled_runs()[run_id]
    _settled_runs()[run_id] = _seen(now)
    return has_changed


def _has_settled(now: RunSnapshot) -> bool:
    return now.run.phase.is_final and now.taken - (now.run.ended or now.run.due) > SETTLE


def _show_head(now: RunSnapshot) -> None:
    run = now.run
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run_head"):
        state_badge(run.state, run.phase)
        st.markdown(f"**{elapsed_words(run, now.taken)}**", width="content")
        if is_active(run):
            asked = cancelling().is_under_way(run.id) or tool_of(run).is_being_cancelled(run)
            st.button(
                _("Cancelling …") if asked else _("Cancel"),
                icon=":material/stop_circle:",
                key=f"cancel:{run.id}",
                on_click=_cancel,
                args=(run.orchestrator, run.id),
                disabled=asked,
            )
        st.markdown(f"[{_('What it did')} :material/arrow_downward:](#result)", width="content")
    if is_active(run) and (problem := cancelling().problem(run.id)):
        st.warning(sentence(problem), icon=":material/error:")


def _show_details(now: RunSnapshot) -> None:
    run = now.run
    if run.message and run.phase is RunPhase.FAILED:
        st.error(paragraph(run.message), icon=":material/error:")
    if run.phase is RunPhase.CANCELLED:
        st.info(f"{sentence(tool_of(run).after_cancel)} {paragraph(run.message)}", icon=BLOCK)
    strip.show(run)
    _show_parameters(run)
    other = earlier_run.choose(now) if _is_settled(run.id) else None  # a list that is open stays open: nothing polls
    timeline.show(now, key=f"timeline:{run.id}", length=timeline.length_of(other) if other else 0.0)
    if other:
        earlier_run.show(now, other)
    task_graph.show(now.tasks)
    cached_results.show(now)
    attempts.show(now)
    tree.show(run)
    log_view.show(now.logs)


def _show_parameters(run: Run) -> None:
    """Say with which parameters the run was started: the form may stand at others by now."""
    values = {name: value for name, value in leaves(dict(run.parameters)).items() if value != {}}
    if values:
        words = ", ".join(f"{escape(name)} **{escape(str(value))}**" for name, value in values.items())
        st.caption(f":material/tune: {words}")


def elapsed_words(run: Run, now: datetime) -> Markdown:
    """Say how long a run waited to start, or how long it has run, or ran."""
    if run.started is None:
        waited = (now - run.due).total_seconds()
        return Markdown(_("waiting for {seconds:.0f} s").format(seconds=waited))
    seconds = ((run.ended or now) - run.started).total_seconds()
    before = max((run.started - run.due).total_seconds(), 0)
    return Markdown(_("{seconds:.1f} s, after {before:.1f} s of waiting").format(seconds=seconds, before=before))


def _cancel(name: OrchestratorName, run_id: str) -> None:
    cancelling().ask(orchestrator(name), run_id)
    snapshot.clear()
