"""Show MLflow runs that are still open and name no maker, each with a button that ends it."""

from datetime import UTC, datetime, timedelta

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.page.durations import duration
from app.components.page.last_known import fetch_or_recall
from app.components.page.local_time import clock
from app.components.page.markdown import Markdown, escape, link, sentence
from app.components.reads.clients import mlflow_store
from app.components.reads.tracking import fetch_open_runs, fetch_runs
from app.engine.errors import WorkshopError
from app.i18n import _
from workshop.facts import MlflowRun

MOST = 5
SETTLED = timedelta(minutes=1)
"""A younger run is most probably at work."""
PROBLEM = "open_run_problem"
READ = timedelta(seconds=20)


def show(notice: DeltaGenerator) -> None:
    """Show the runs that have been open for a while."""
    now = datetime.now(UTC)
    open_runs = fetch_or_recall("open runs", fetch_open_runs, notice) or []
    old = [run for run in open_runs if now - run.started > SETTLED]
    if old:
        with st.container(border=True, key="open_runs"):
            for run in old[:MOST]:
                _show(run, now)
            if len(old) > MOST:
                st.caption(_("and {count:d} more").format(count=len(old) - MOST))
    _show_problem(now)


def in_words(run: MlflowRun, now: datetime) -> Markdown:
    """Say since when a run is open, and that its maker is not known."""
    since = f"{clock(run.started)} ({duration(now - run.started)})"
    words = _("open since {since}, nobody knows by whom").format(since=since)
    run_link = link(run.name, mlflow_store().run_url(run))
    return Markdown(f":material/help: **{run_link}** {escape(run.experiment)}: {escape(words)}")


def _show(run: MlflowRun, now: datetime) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(in_words(run, now), width="content")
        with st.popover(_("End it …"), icon=":material/stop_circle:", type="tertiary", key=f"open_run:{run.id}"):
            st.markdown(
                _(
                    "A notebook that is open in an editor, or a script that still runs, keeps its run open: **ask in "
                    "the room first.** This marks the run as KILLED in MLflow. It stops no program: one that is alive "
                    "goes on, may still log to this run, and sets its status anew when it ends."
                )
            )
            st.button(
                _("Nobody works on it: mark it as KILLED"),
                type="primary",
                icon=":material/stop_circle:",
                key=f"end_run:{run.id}",
                on_click=_end,
                args=(run.id,),
            )


def _show_problem(now: datetime) -> None:
    """Show why a run could not be ended, long enough to be read.

    The page draws itself every few seconds.
    """
    problem, since = st.session_state.get(PROBLEM, ("", now))
    if now - since > READ:
        del st.session_state[PROBLEM]
    elif problem:
        st.error(sentence(problem), icon=":material/error:")


def _end(run_id: str) -> None:
    st.session_state.pop(PROBLEM, None)
    try:
        mlflow_store().end_run(run_id)
    except WorkshopError as error:
        st.session_state[PROBLEM] = (str(error), datetime.now(UTC))
    fetch_open_runs.clear()
    fetch_runs.clear()
