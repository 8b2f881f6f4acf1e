"""Let a person choose which runs are shown, and in which order. The URL keeps each choice."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from app.components.page.address import LATE_SECONDS
from app.engine.tracking.client import NEWEST_FIRST, filter_from
from app.engine.tracking.comparison import better, metric_names
from app.i18n import _
from workshop.facts import MlflowRun

SEARCH, EXPERIMENTS, STATUS, SORT = "search", "experiment", "status", "sort"
NEWEST, OLDEST = "newest", "oldest"
STATUSES = ("FINISHED", "RUNNING", "FAILED", "KILLED", "SCHEDULED")
METRICS_SEEN = "runs.metrics"
CLEARED = "runs.cleared"
MOST_LETTERS = 500
"""The longest search. Only an address can bring a longer one."""


@dataclass(frozen=True)
class Filter:
    """The runs that a person asked for."""

    experiments: tuple[str, ...]
    """Names; empty for all."""
    condition: str
    """In MLflow's filter language."""
    order_by: str

    @property
    def is_empty(self) -> bool:
        """Whether every run is asked for."""
        return not self.experiments and not self.condition


def show(experiments: Sequence[str]) -> Filter:
    """Show the controls."""
    _stay_cleared()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            _("Search"),
            key=SEARCH,
            bind="query-params",
            max_chars=MOST_LETTERS,
            width=340,
            icon=":material/search:",
            placeholder=_("Name, or metrics.roc_auc > 0.8"),
            help=_(
                "A part of the run's name, or a condition in MLflow's filter language on `metrics.`, "
                "`params.`, `tags.` or `attributes.`, joined with `and`. At most 500 characters."
            ),
        )
        names = st.multiselect(
            _("Experiments"),
            _with_current(experiments, EXPERIMENTS),
            key=EXPERIMENTS,
            bind="query-params",
            width=340,
            placeholder=_("All"),
        )
        status = st.selectbox(
            _("Status"), STATUSES, index=None, key=STATUS, bind="query-params", width=150, placeholder=_("Any")
        )
        order = st.selectbox(
            _("Sort by"),
            _with_current([NEWEST, OLDEST, *st.session_state.get(METRICS_SEEN, [])], SORT),
            key=SORT,
            bind="query-params",
            width=190,
        )
    if len(text or "") >= MOST_LETTERS:
        st.caption(_("A search takes at most {most:d} characters: what was longer is cut.").format(most=MOST_LETTERS))
    return Filter(tuple(names), filter_from(text or "", status or ""), order_by(order or NEWEST))


def order_by(choice: str) -> str:
    """Write MLflow's order for a choice: newest, oldest, or a metric, its best values first."""
    if choice == NEWEST:
        return NEWEST_FIRST
    if choice == OLDEST:
        return "attributes.start_time ASC"
    return f"metrics.`{choice}` {'ASC' if better(choice) == 'lower' else 'DESC'}"


def remember_metrics(runs: Sequence[MlflowRun]) -> None:
    """Offer these runs' metrics for sorting from the next run of the page on."""
    seen = st.session_state.get(METRICS_SEEN, [])
    st.session_state[METRICS_SEEN] = [*seen, *(name for name in metric_names(runs) if name not in seen)]


def clear() -> None:
    """Ask for every run."""
    st.session_state[CLEARED] = _asked(), time.monotonic()
    _ask_for_all()


def _stay_cleared() -> None:
    """Clear the filter again when a poll that was under way at the click brings it back."""
    asked, at = st.session_state.get(CLEARED, (None, 0.0))
    if asked == _asked() and time.monotonic() - at < LATE_SECONDS:
        _ask_for_all()


def _ask_for_all() -> None:
    st.session_state.update({SEARCH: "", EXPERIMENTS: [], STATUS: None})


def _asked() -> list[object]:
    return [st.session_state.get(key) for key in (SEARCH, EXPERIMENTS, STATUS)]


def _with_current(options: Sequence[str], key: str) -> list[str]:
    """Add what the URL or the session asks for, so that no choice is lost."""
    current = st.session_state.get(key) or st.query_params.get_all(key)
    asked = [current] if isinstance(current, str) else list(current)
    return list(dict.fromkeys([*options, *asked]))
