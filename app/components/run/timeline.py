"""Draw tasks on a time axis: one row a task, one bar an attempt, in seconds since the run began."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st

from app.components.page.badges import BAR_COLORS
from app.components.page.plotly_text import PlotlyText, label, plotly_text
from app.engine.orchestrators.contract import RunSnapshot
from app.i18n import _
from workshop.facts import RunPhase, TaskRun

ROW_HEIGHT = 38
FRAME_HEIGHT = 70
LEAST_WAIT = timedelta(milliseconds=50)
"""A shorter gap between two attempts is no wait that somebody asked for."""
WAIT: Literal["wait"] = "wait"
CACHED: Literal["Cached"] = "Cached"
"""Prefect's own name of the state."""
CACHED_COLOR = "#8b5fd3"
Kind = RunPhase | Literal["wait", "Cached"]
LEAST_SHARE = 0.006
"""A bar is at least this share of the axis wide, so that a task of a few milliseconds can be seen."""


LEAST_SHARE_WITH_WORDS = 0.07


@dataclass(frozen=True)
class Bar:
    """One attempt of a task, or the wait before its next one, in seconds since the run began."""

    task: str
    """Id of the task run: names can be the same."""
    name: str
    start: float
    length: float
    kind: Kind
    label: str


def bars_of(snapshot: RunSnapshot) -> list[Bar]:
    """Lay out every attempt and every wait. What goes on ends with the run, or at the snapshot."""
    now = snapshot.run.ended or snapshot.taken
    return [bar for task in snapshot.tasks for bar in _bars_of_task(task, _origin(snapshot), now)]


def _bars_of_task(task: TaskRun, origin: datetime, now: datetime) -> Iterator[Bar]:
    for attempt, following in zip_longest(task.attempts, task.attempts[1:]):
        kind: Kind = CACHED if attempt.state == CACHED else attempt.phase
        yield _bar(task, attempt.started, attempt.ended or now, origin, kind, attempt.state)
        if not attempt.ended:
            continue
        if following and following.started - attempt.ended > LEAST_WAIT:
            yield _bar(task, attempt.ended, following.started, origin, WAIT, _("waited"))
        elif not following and task.phase is RunPhase.WAITING and now > attempt.ended:
            yield _bar(task, attempt.ended, now, origin, WAIT, task.state)


def _bar(task: TaskRun, start: datetime, end: datetime, origin: datetime, kind: Kind, label: str) -> Bar:
    return Bar(task.id, task.name, (start - origin).total_seconds(), (end - start).total_seconds(), kind, label)


def length_of(snapshot: RunSnapshot) -> float:
    """Measure in seconds how much of the axis a run needs."""
    return max([bar.start + bar.length for bar in bars_of(snapshot)], default=1.0) or 1.0


def show(snapshot: RunSnapshot, key: str, length: float = 0.0) -> None:
    """Draw the tasks of a run.

    Args:
        snapshot: the run.
        key: of the chart.
        length: seconds that the axis reaches at least, so that two runs can be compared.
    """
    if not snapshot.tasks:
        is_over = snapshot.run.phase.is_final
        st.caption(_("No task ran.") if is_over else _("The first task appears here as soon as it starts."))
        return
    bars = bars_of(snapshot)
    rows = [task.id for task in snapshot.tasks]
    end = max(length_of(snapshot), length)
    figure = go.Figure([_trace(kind, bars, end) for kind in dict.fromkeys(bar.kind for bar in bars)])
    figure.update_layout(
        barmode="overlay",
        bargap=0.35,
        height=FRAME_HEIGHT + ROW_HEIGHT * len(rows),
        margin={"l": 0, "r": 12, "t": 8, "b": 36},
        showlegend=False,
        uirevision=key,
    )
    figure.update_yaxes(
        type="category",  # a name that looks like a date or a number is still a name
        categoryorder="array",
        categoryarray=rows[::-1],
        tickvals=rows,
        ticktext=[label(task.name) for task in snapshot.tasks],
        range=[-0.6, len(rows) - 0.4],
        automargin=True,
    )
    figure.update_xaxes(
        range=[min(0.0, *(bar.start for bar in bars), 0.0), end * 1.12], title=_("seconds since the run began")
    )
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=_in_words(snapshot.tasks))


def _trace(kind: Kind, bars: Sequence[Bar], end: float) -> go.Bar:
    mine = [bar for bar in bars if bar.kind == kind]
    return go.Bar(
        orientation="h",
        y=[bar.task for bar in mine],
        base=[bar.start for bar in mine],
        x=[max(bar.length, end * LEAST_SHARE) for bar in mine],
        marker=_marker(kind),
        text=[_words(bar) if _has_room(bar, bars, end) else "" for bar in mine],
        textposition="auto",
        insidetextanchor="middle",
        cliponaxis=False,
        customdata=[[plotly_text(bar.name), plotly_text(bar.label), bar.length] for bar in mine],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}, %{customdata[2]:.2f} s<extra></extra>",
    )


def _marker(kind: Kind) -> dict[str, Any]:
    if kind == WAIT:
        stripes = {"shape": "/", "fgcolor": BAR_COLORS[RunPhase.WAITING], "bgcolor": "rgba(0,0,0,0)", "solidity": 0.25}
        return {"color": "rgba(0,0,0,0)", "pattern": stripes}
    return {"color": CACHED_COLOR if kind == CACHED else BAR_COLORS[RunPhase(kind)]}


def _has_room(bar: Bar, bars: Sequence[Bar], end: float) -> bool:
    """Tell whether words fit into a bar, or next to it where no other bar of the task follows at once."""
    is_last = all(other.start <= bar.start for other in bars if other.task == bar.task)
    return is_last or bar.length > end * LEAST_SHARE_WITH_WORDS


def _words(bar: Bar) -> PlotlyText:
    seconds = f"{bar.length:.2f} s" if round(bar.length, 1) < 1 else f"{bar.length:.1f} s"
    if bar.kind == WAIT:
        return PlotlyText(_("waits {seconds}").format(seconds=seconds))
    return PlotlyText(f"{CACHED} {seconds}" if bar.kind == CACHED else seconds)


def _origin(snapshot: RunSnapshot) -> datetime:
    starts = [attempt.started for task in snapshot.tasks for attempt in task.attempts]
    return min([snapshot.run.started or snapshot.taken, *starts])


def _in_words(tasks: Sequence[TaskRun]) -> str:
    return "; ".join(f"{task.name}: {task.state}" for task in tasks)
