"""Show the runs that a run called, as a tree that unfolds."""

from collections.abc import Iterator

import streamlit as st

from app.components.page.badges import state_words
from app.components.page.markdown import code, escape, sentence
from app.components.page.recovery import draw_when_it_answers
from app.components.reads.runs import child_runs, snapshot
from app.components.run import timeline
from app.engine.errors import ServiceDown, WorkshopError
from app.engine.orchestrators.registry import tool_of
from app.i18n import _
from workshop.facts import Run

DEEPEST = 4


def show(run: Run) -> None:
    """Show the tree below a run, or nothing when it called no other, or while its service is down."""
    try:
        called = list(_below(run, 1))
    except ServiceDown:
        draw_when_it_answers(lambda: child_runs(run.orchestrator, run.id))
        return
    if not called:
        return
    st.markdown(f":material/account_tree: **{escape(tool_of(run).called_runs_title)}**")
    st.markdown(f":material/play_circle: {escape(run.name)}")
    for depth, child in called:
        _show_child(depth, child)


def _below(run: Run, depth: int) -> Iterator[tuple[int, Run]]:
    for child in child_runs(run.orchestrator, run.id) if depth <= DEEPEST else ():
        yield depth, child
        yield from _below(child, depth + 1)


def _show_child(depth: int, child: Run) -> None:
    seconds = "" if child.seconds is None else f"{child.seconds:.1f} s"
    label = f"{'   ' * (depth - 1)}└ {escape(child.name)} {state_words(child.state, child.phase)} {seconds}"
    folded = st.expander(label, key=f"child:{child.id}", on_change="rerun", type="compact")
    if folded.open:
        with folded:
            _show_inside(child)


def _show_inside(child: Run) -> None:
    try:
        now = snapshot(child.orchestrator, child.id)
    except WorkshopError as error:
        st.caption(sentence(str(error)))
        return
    values = ", ".join(f"{code(name)} {escape(str(value))}" for name, value in child.parameters.items())
    st.caption(_("Parameters: {values}").format(values=values or "–"))
    timeline.show(now, key=f"timeline:child:{child.id}")
