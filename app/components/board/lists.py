"""Show the short lists of the Live page: running, scheduled, arriving, champions."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from app.components.page.badges import state_badge
from app.components.page.durations import countdown
from app.components.page.local_time import clock
from app.components.page.markdown import escape
from app.components.page.runs_chart import UNKNOWN, who_and_what
from app.engine.orchestrators.contract import UpcomingRun
from app.i18n import _
from workshop.facts import MlflowRun, ModelVersion, Run
from workshop.naming import LEARNER_TAG

LINES = 4
NEXT_LINES = 3


def show_running(runs: Sequence[Run], now: datetime, is_current: bool = True) -> None:
    """Show what runs now, and how many more there are."""
    if not runs:
        st.caption(_("Nothing runs right now.") if is_current else UNKNOWN)
    for run in runs[:LINES]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            state_badge(run.state, run.phase)
            seconds = (now - (run.started or run.due)).total_seconds()
            st.markdown(f"**{escape(who_and_what(run))}** {seconds:.0f} s", width="content")
    _more(len(runs))


def show_upcoming(runs: Sequence[UpcomingRun], now: datetime, is_current: bool = True) -> None:
    """Count down to the next scheduled runs."""
    if not runs:
        st.caption(_("No active schedule.") if is_current else UNKNOWN)
    for run in runs[:NEXT_LINES]:
        st.markdown(f":material/alarm: **{countdown(run.at - now)}** {escape(run.target)}")


def show_arriving(runs: Sequence[MlflowRun], metric: str, is_current: bool = True) -> None:
    """Show the newest MLflow runs with a metric."""
    if not runs:
        st.caption(_("No MLflow run yet.") if is_current else UNKNOWN)
    for run in runs[:LINES]:
        value = f"{run.metrics[metric]:.3f}" if metric in run.metrics else "–"
        whose = " · ".join(escape(word) for word in (run.tags.get(LEARNER_TAG), run.params.get("dataset")) if word)
        st.markdown(f"`{clock(run.started)}` **{value}** {whose} :gray[{escape(run.name)}]")


def show_champions(versions: Sequence[ModelVersion], metric: str, is_current: bool = True) -> None:
    """Show which versions are champions."""
    if not versions:
        st.caption(_("No version has the alias champion yet.") if is_current else UNKNOWN)
    for version in versions[:2]:
        value = f"{escape(metric)} {version.metrics[metric]:.3f}" if metric in version.metrics else ""
        st.markdown(f":material/trophy: **{escape(version.name)} v{version.version:d}** {value}")


def _more(count: int) -> None:
    if count > LINES:
        st.caption(_("and {count:d} more").format(count=count - LINES))
