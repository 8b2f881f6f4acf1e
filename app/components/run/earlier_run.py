"""Compare the run on the page with another run of the same step, on the same scale."""

from collections.abc import Mapping

import streamlit as st

from app.components.page import session
from app.components.page.markdown import escape
from app.components.reads.runs import runs_of_step, snapshot
from app.components.run import timeline
from app.engine.errors import ServiceDown
from app.engine.orchestrators.contract import RunSnapshot
from app.i18n import _
from workshop.facts import Run
from workshop.naming import STEP_TAG

MOST_RUNS = 15


def choose(now: RunSnapshot) -> RunSnapshot | None:
    """Let the viewer choose an earlier run of the same kind, or give None while its service is down."""
    try:
        return _choose(now)
    except ServiceDown:
        return None


def _choose(now: RunSnapshot) -> RunSnapshot | None:
    run = now.run
    runs = runs_of_step(run.orchestrator, session.learner(), run.tags.get(STEP_TAG, ""), run.target)
    others = {other.id: other for other in runs if other.id != run.id and other.phase.is_final and other.started}
    if not others:
        return None
    chosen = st.selectbox(
        _("Compare with"),
        list(others)[:MOST_RUNS],
        index=None,
        format_func=lambda run_id: label_of(others[run_id], run),
        placeholder=_("An earlier run"),
        key=f"compare:{run.id}",
        width=420,
    )
    return snapshot(run.orchestrator, chosen) if chosen in others else None


def show(now: RunSnapshot, other: RunSnapshot) -> None:
    """Draw the other run below, and say how the two differ."""
    st.markdown(f"**{escape(other.run.name)}** {escape(_differs_by(other.run, now.run))}")
    timeline.show(other, key=f"timeline:other:{other.run.id}", length=timeline.length_of(now))
    mine, theirs = now.run.seconds, other.run.seconds
    if mine and theirs:
        st.caption(
            _("{this} took {mine:.1f} s, {other} {theirs:.1f} s.").format(
                this=escape(now.run.name), mine=mine, other=escape(other.run.name), theirs=theirs
            )
        )


def label_of(other: Run, run: Run) -> str:
    """Name another run by how long it took and by what was different."""
    return f"{other.name}: {_differs_by(other, run)}"


def _differs_by(other: Run, run: Run) -> str:
    changed = differences(other.parameters, run.parameters)
    words = ", ".join(f"{name} {value}" for name, value in changed.items()) or _("the same parameters")
    return f"{words}, {other.seconds or 0:.1f} s"


def differences(theirs: Mapping[str, object], mine: Mapping[str, object]) -> dict[str, object]:
    """List the other run's parameters that this run has otherwise."""
    return {name: value for name, value in theirs.items() if mine.get(name) != value}
