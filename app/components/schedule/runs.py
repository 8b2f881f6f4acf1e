"""Show the runs that schedules started, as they arrive: on a time axis, and each with the MLflow run it made."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from app.components.page import runs_chart, session
from app.components.page.badges import state_words
from app.components.page.errors import explain
from app.components.page.last_known import fetch_or_recall
from app.components.page.local_time import clock
from app.components.page.markdown import Markdown, link, table
from app.components.reads.clients import mlflow_store, orchestrator, schedulers
from app.components.reads.runs import runs_of_step
from app.components.reads.tracking import fetch_runs
from app.engine.classroom.board import WINDOW
from app.engine.orchestrators.registry import mlflow_tags
from app.engine.tracking.client import NEWEST_FIRST
from app.i18n import _
from workshop.facts import MlflowRun, Run
from workshop.naming import experiment_name

POLL_SECONDS = 2.0
ROWS = 6
HEIGHT = 130
METRIC = "roc_auc"


@st.fragment(run_every=POLL_SECONDS)
def show(step: str) -> None:
    """Show what the schedules of a step's deployments started."""
    with explain():
        runs = fetch_or_recall(("scheduled", step), partial(_scheduled_runs, step), st.empty())
        if runs:
            _show(step, runs)
        elif runs is not None:
            st.caption(_("The first run that a schedule starts appears here by itself."))


def _scheduled_runs(step: str) -> list[Run]:
    """List the runs that this learner's schedules started from a step, newest first."""
    runs = [run for name in schedulers() for run in runs_of_step(name, session.learner(), step) if run.schedule_id]
    return sorted(runs, key=lambda run: run.due, reverse=True)


def _show(step: str, runs: Sequence[Run]) -> None:
    now = datetime.now(UTC)
    recent = [run for run in runs if now - run.due < WINDOW]
    runs_chart.show(recent, now, HEIGHT, f"scheduled:{step}", most=2)
    st.markdown(table_of(runs[:ROWS], _tracked(step)))


def _tracked(step: str) -> dict[str, MlflowRun]:
    """Map ids of runs to the MLflow runs that name them."""
    notice = st.empty()
    experiment = experiment_name(session.learner(), step)

    def ask() -> list[MlflowRun]:
        return fetch_runs((experiment,), "", NEWEST_FIRST, 50)

    made = fetch_or_recall(("tracked", step), ask, notice) or []
    return {run.tags[tag]: run for run in made for tag in mlflow_tags().values() if tag in run.tags}


def table_of(runs: Sequence[Run], tracked: Mapping[str, MlflowRun]) -> Markdown:
    """Write the newest runs as a table."""
    head = [_("Began"), _("Flow run"), _("State"), _("Took"), _("MLflow run"), METRIC]
    return table(head, [_cells(run, tracked.get(run.id)) for run in runs])


def _cells(run: Run, made: MlflowRun | None) -> list[str]:
    return [
        clock(run.started or run.due),
        link(run.name, orchestrator(run.orchestrator).run_url(run.id)),
        state_words(run.state, run.phase),
        "" if run.seconds is None else f"{run.seconds:.1f} s",
        link(made.name, mlflow_store().run_url(made)) if made else "",
        f"**{made.metrics[METRIC]:.3f}**" if made and METRIC in made.metrics else "",
    ]
