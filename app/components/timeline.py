"""Tasks on a time axis: one row a task, one bar an attempt, in seconds since the run began."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import plotly.graph_objects as go
import streamlit as st

from app.components.badges import BAR_COLORS
from app.engine.models import RunSnapshot
from app.i18n import _
from workshop.checking import Phase, TaskRun

ROW_HEIGHT = 38
FRAME_HEIGHT = 70
LEAST_SHARE = 0.006
"""A bar is at least this share of the axis wide, so that a task of a few milliseconds can be seen."""


@dataclass(frozen=True)
class Bar:
    """One attempt of a task, in seconds since the run began."""

    task: str
    start: float
    length: float
    phase: Phase
    label: str


def bars_of(snapshot: RunSnapshot) -> list[Bar]:
    """Lay out every attempt; one that still runs reaches to the moment of the snapshot."""
    origin = _origin(snapshot)
    return [
        Bar(
            task.name,
            (attempt.started - origin).total_seconds(),
            ((attempt.ended or snapshot.taken) - attempt.started).total_seconds(),
            attempt.phase,
            attempt.state,
        )
        for task in snapshot.tasks
        for attempt in task.attempts
    ]


def show(snapshot: RunSnapshot, key: str) -> None:
    """Draw the tasks of a run."""
    if not snapshot.tasks:
        st.caption(_("The first task appears here as soon as it starts."))
        return
    bars = bars_of(snapshot)
    names = [task.name for task in snapshot.tasks]
    end = max([bar.start + bar.length for bar in bars], default=1.0) or 1.0
    figure = go.Figure([_trace(phase, bars, end) for phase in dict.fromkeys(bar.phase for bar in bars)])
    figure.update_layout(
        barmode="overlay",
        bargap=0.35,
        height=FRAME_HEIGHT + ROW_HEIGHT * len(names),
        margin={"l": 0, "r": 12, "t": 8, "b": 36},
        showlegend=False,
        uirevision=key,
    )
    figure.update_yaxes(
        categoryorder="array", categoryarray=names[::-1], range=[-0.6, len(names) - 0.4], automargin=True
    )
    figure.update_xaxes(
        range=[min(0.0, *(bar.start for bar in bars), 0.0), end * 1.12], title=_("seconds since the run began")
    )
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=_in_words(snapshot.tasks))


def _trace(phase: Phase, bars: Sequence[Bar], end: float) -> go.Bar:
    mine = [bar for bar in bars if bar.phase is phase]
    return go.Bar(
        orientation="h",
        y=[bar.task for bar in mine],
        base=[bar.start for bar in mine],
        x=[max(bar.length, end * LEAST_SHARE) for bar in mine],
        marker_color=BAR_COLORS[phase],
        text=[f"{bar.length:.2f} s" for bar in mine],
        textposition="auto",
        cliponaxis=False,
        customdata=[[bar.label, bar.length] for bar in mine],
        hovertemplate="%{y}<br>%{customdata[0]}, %{customdata[1]:.2f} s<extra></extra>",
    )


def _origin(snapshot: RunSnapshot) -> datetime:
    starts = [attempt.started for task in snapshot.tasks for attempt in task.attempts]
    return min([snapshot.run.started or snapshot.taken, *starts])


def _in_words(tasks: Sequence[TaskRun]) -> str:
    return "; ".join(f"{task.name}: {task.state}" for task in tasks)
