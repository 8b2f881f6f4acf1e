"""Live: the board that stays on the wall in class. `?projector=1` gives it the whole screen and larger letters."""

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from app.components import board_lists, board_metric, board_runs
from app.components.clients import board
from app.components.errors import explain
from app.engine.board import Board
from app.i18n import _

POLL_SECONDS = 2.0
METRIC = "roc_auc"
TOP, BOTTOM = 440, 300
CHART_ROOM = 70
STYLE = Path(__file__).parents[1] / "projector.css"
PROJECTOR = "projector"


def show() -> None:
    """Show the page."""
    if st.query_params.get(PROJECTOR) == "1":
        st.html(STYLE)
    _live()


@st.fragment(run_every=POLL_SECONDS)
def _live() -> None:
    with explain():
        now = board()
        _head(now)
        left, right = st.columns([5, 2], gap="small")
        with left, st.container(border=True, height=TOP, gap="xsmall"):
            st.markdown(f"**{_('The last 15 minutes')}** :gray[{_('striped: started by a schedule')}]")
            board_runs.show(now.runs, now.taken, TOP - CHART_ROOM, key="board.runs")
        with right, st.container(border=True, height=TOP, gap="xsmall"):
            st.markdown(f"**{_('Running now')}** :gray[{len(now.running)}]")
            with st.container(height=TOP // 2 - 30, border=False, gap="xsmall"):
                board_lists.show_running(now.running, now.taken)
            st.markdown(f"**{_('Next scheduled')}**")
            board_lists.show_upcoming(now.upcoming, datetime.now(UTC))
        left, right = st.columns([5, 2], gap="small")
        with left, st.container(border=True, height=BOTTOM, gap="xsmall"):
            st.markdown(f"**{_('MLflow runs, best so far')}**")
            board_metric.show(now.mlflow_runs, METRIC, BOTTOM - CHART_ROOM, key="board.metric")
        with right, st.container(border=True, height=BOTTOM, gap="xsmall"):
            st.markdown(f"**{_('Arriving')}**")
            board_lists.show_arriving(now.mlflow_runs, METRIC)
            board_lists.show_champions(now.champions, METRIC)


def _head(now: Board) -> None:
    age = (datetime.now(UTC) - now.taken).total_seconds()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="board_head"):
        st.markdown(f"### {_('Live')}", width="content")
        for service in now.services:
            if service.is_healthy:
                st.badge(service.title, icon=":material/check_circle:", color="green")
            else:
                st.badge(service.title, icon=":material/cloud_off:", color="red", help=service.message)
        st.caption(_("{age:.0f} s old").format(age=age), width="content")
        if st.query_params.get(PROJECTOR) != "1":
            st.link_button(_("Projector"), f"?{PROJECTOR}=1", icon=":material/cast:", type="tertiary")
