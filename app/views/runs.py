"""Show Runs: MLflow runs across experiments, filtered and sorted, and a comparison."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.page.errors import show_error
from app.components.page.last_known import fetch_or_recall
from app.components.page.markdown import Markdown
from app.components.page.selection import selected_ids
from app.components.reads.tracking import POLL_SECONDS, fetch_experiments, fetch_runs, fetch_runs_with_ids
from app.components.tracking import open_runs, run_comparison, run_filter
from app.components.tracking.run_filter import Filter
from app.components.tracking.run_table import show_run_table
from app.engine.addresses import is_mlflow_run_id
from app.engine.errors import ServiceRefused
from app.i18n import _
from workshop.facts import MlflowRun

NAME = "runs"
LIMIT = 200


def show() -> None:
    """Show the page."""
    st.title(_("Runs"), anchor=False)
    st.markdown(_("Every run that MLflow recorded, in all experiments. Tick two or more to compare them."))
    _live()


@dataclass(frozen=True)
class Matches:
    """The runs that match a filter."""

    filter: Filter
    runs: Sequence[MlflowRun]


@st.fragment(run_every=POLL_SECONDS)
def _live() -> None:
    notice = st.empty()
    experiments = fetch_or_recall("experiments", fetch_experiments, notice)
    wanted = run_filter.show(experiments or [])
    matches = _read_matches(wanted, notice) if experiments is not None else None
    if matches is None:
        return
    if matches.runs:
        st.caption(_count(matches))
        open_runs.show(notice)
        show_run_table(matches.runs, NAME)
    else:
        _show_nothing(matches.filter)
    _compare(matches, notice)


def _read_matches(wanted: Filter, notice: DeltaGenerator) -> Matches | None:
    def ask() -> list[MlflowRun]:
        return fetch_runs(wanted.experiments, wanted.condition, wanted.order_by, LIMIT)

    try:
        runs = fetch_or_recall(("runs", wanted), ask, notice)
    except ServiceRefused as error:
        show_error(error)
        st.caption(_("A condition looks like {example}. Several are joined with `and`.").format(example=EXAMPLE))
        return None
    run_filter.remember_metrics(runs or [])
    return None if runs is None else Matches(wanted, runs)


EXAMPLE = "`metrics.roc_auc > 0.8 and params.dataset = 'cdnow'`"


def _show_nothing(wanted: Filter) -> None:
    if wanted.is_empty:
        st.info(
            _("No run yet. Open a step, press its Run button, and the MLflow run it makes appears here by itself."),
            icon=":material/science:",
        )
    else:
        st.info(_("No run matches this filter."), icon=":material/filter_alt_off:")
        st.button(_("Clear the filter"), icon=":material/close:", on_click=run_filter.clear)


def _count(matches: Matches) -> Markdown:
    if len(matches.runs) >= LIMIT:
        return Markdown(_("The first {count:d} runs in this order").format(count=LIMIT))
    experiments = len({run.experiment for run in matches.runs})
    words = _("{runs:d} runs in {experiments:d} experiments")
    return Markdown(words.format(runs=len(matches.runs), experiments=experiments))


def _compare(matches: Matches, notice: DeltaGenerator) -> None:
    ids = tuple(selected_ids(NAME))
    runs = {run.id: run for run in matches.runs}
    missing = tuple(id_ for id_ in ids if id_ not in runs and is_mlflow_run_id(id_))
    if missing:
        runs |= fetch_or_recall(("selected runs", missing), lambda: fetch_runs_with_ids(missing), notice) or {}
    run_comparison.show([runs[id_] for id_ in ids if id_ in runs], NAME)
