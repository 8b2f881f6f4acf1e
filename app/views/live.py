"""Show Live, the board of the class. `?projector=1` makes it large and fills the screen."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.board import lists, metric
from app.components.page import runs_chart
from app.components.page.badges import health_badge
from app.components.page.errors import explain
from app.components.page.markdown import Markdown, sentence
from app.components.reads.classroom import board
from app.engine.classroom.board import METRIC, Board
from app.i18n import _

POLL_SECONDS = 2.0
STYLE = Path(__file__).parents[1] / "projector.css"
PROJECTOR = "projector"


@dataclass(frozen=True)
class Size:
    """Pixels: the heights of the two rows, and the size of the charts' letters."""

    top: int
    bottom: int
    letters: int
    chart_room: int
    """What of a row is not its chart."""


NORMAL_SIZE = Size(top=440, bottom=300, letters=12, chart_room=70)
PROJECTOR_SIZE = Size(top=568, bottom=388, letters=19, chart_room=92)
"""On a projector of 1920 × 1080 both rows and the head fill the screen, and nothing scrolls."""


def show() -> None:
    """Show the page."""
    is_projector = st.query_params.get(PROJECTOR) == "1"
    if is_projector:
        st.html(STYLE)
    _live(PROJECTOR_SIZE if is_projector else NORMAL_SIZE)


@st.fragment(run_every=POLL_SECONDS)
def _live(size: Size) -> None:
    with explain():
        now = board()
        is_current = not now.problems
        _head(now, size)
        left, right = st.columns([5, 2], gap="small")
        with left, _box(size.top, "board_runs"):
            st.markdown(f"**{_('The last 15 minutes')}** {_note(now)}")
            room = size.top - size.chart_room
            runs_chart.show(now.runs, now.taken, room, "board.runs", size.letters, is_current=is_current)
        with right, _box(size.top):
            st.markdown(f"**{_('Running now')}** :gray[{len(now.running):d}]")
            with st.container(height=size.top * 9 // 20, border=False, gap="xsmall"):
                lists.show_running(now.running, now.taken, is_current=is_current)
            st.markdown(f"**{_('Next scheduled')}**")
            lists.show_upcoming(now.upcoming, datetime.now(UTC), is_current=is_current)
        left, right = st.columns([5, 2], gap="small")
        with left, _box(size.bottom):
            st.markdown(f"**{_('MLflow runs, best so far')}**")
            room = size.bottom - size.chart_room
            metric.show(now.mlflow_runs, now.best_of_older, room, "board.metric", size.letters)
        with right, _box(size.bottom):
            st.markdown(f"**{_('Arriving')}** :gray[{METRIC}]")
            with st.container(key="board_arriving", gap="xsmall"):
                lists.show_arriving(now.mlflow_runs, METRIC, is_current=is_current)
            lists.show_champions(now.champions, METRIC, is_current=is_current)


def _note(now: Board) -> Markdown:
    """Say which service was not asked, else how to read the bars.

    Both take the same place, so that nothing moves.
    """
    if now.problems:
        problems = sentence(" ".join(now.problems))
        return Markdown(f":red[:material/cloud_off: {problems}] :gray[{_('This is what was known last.')}]")
    return runs_chart.legend(now.runs)


def _box(height: int, key: str | None = None) -> DeltaGenerator:
    """Make a frame of fixed height, so that nothing moves when data arrives."""
    return st.container(border=True, height=height, gap="xsmall", key=key)


def _head(now: Board, size: Size) -> None:
    age = (datetime.now(UTC) - now.taken).total_seconds()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="board_head"):
        st.markdown(f"### {_('Live')}", width="content")
        for service in now.services:
            health_badge(service, is_named=True)
        st.caption(_("{age:.0f} s old").format(age=age), width="content")
        if size is NORMAL_SIZE:
            st.link_button(_("Projector"), f"?{PROJECTOR}=1", icon=":material/cast:", type="tertiary")
