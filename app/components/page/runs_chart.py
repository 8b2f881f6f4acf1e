"""Draw the runs of the last minutes on one time axis.

It shows who ran what, the state, and which runs a schedule started.
"""

from collections.abc import Sequence
from datetime import datetime

import plotly.graph_objects as go
import streamlit as st

from app.components.page.badges import BADGES, BAR_COLORS
from app.components.page.markdown import Markdown
from app.components.page.plotly_text import label
from app.engine.classroom.board import WINDOW, is_scheduled
from app.i18n import _
from workshop.facts import Run, RunPhase
from workshop.naming import LEARNER_TAG, STEP_TAG

MOST_ROWS = 9
LEAST_SECONDS = 6
MINUTES_BETWEEN_TICKS = 3
NONE = _("No run in the last quarter of an hour.")
UNKNOWN = _("Not known while a service does not answer.")
"""Shown in place of "none" when a service was not asked."""
OUTLINE = "rgba(127, 127, 127, 0.7)"
"""Separates bars that lie over one another."""
STATIC = {"displayModeBar": False, "staticPlot": True}


def who_and_what(run: Run) -> str:
    """Name a run by its learner and its step, or by its target when no page started it."""
    step = run.tags.get(STEP_TAG) or run.target or run.name
    learner = run.tags.get(LEARNER_TAG)
    return f"{learner} · {step}" if learner else step


def legend(runs: Sequence[Run], most: int = MOST_ROWS) -> Markdown:
    """Explain the bars' colours and stripes, and count the rows that have no place."""
    words = {
        RunPhase.WAITING: _("waiting"),
        RunPhase.RUNNING: _("running"),
        RunPhase.SUCCEEDED: _("succeeded"),
        RunPhase.FAILED: _("failed"),
        RunPhase.CANCELLED: _("cancelled"),
    }
    colors = " ".join(f":{BADGES[phase][0]}[■] :gray[{word}]" for phase, word in words.items())
    more = len(_rows(runs)) - most
    left_out = f" **{_('and {count:d} more').format(count=more)}**" if more > 0 else ""
    return Markdown(f"{colors} :gray[▨ {_('scheduled')}]{left_out}")


def _rows(runs: Sequence[Run]) -> list[str]:
    return list(dict.fromkeys(who_and_what(run) for run in runs))


def show(
    runs: Sequence[Run],
    now: datetime,
    height: int,
    key: str,
    letters: int = 12,
    most: int = MOST_ROWS,
    is_current: bool = True,
) -> None:
    """Draw the axis. Its span and its height do not change when runs arrive."""
    rows = _rows(runs)[:most]
    shown = [run for run in runs if who_and_what(run) in rows]
    figure = go.Figure(
        [
            _trace(shown, phase, scheduled, now)
            for phase in RunPhase
            for scheduled in (False, True)
            if any(run.phase is phase and is_scheduled(run) is scheduled for run in shown)
        ]
    )
    figure.update_layout(
        barmode="overlay",
        height=height,
        margin={"l": 0, "r": 2 * letters, "t": 4, "b": 2 * letters + 4},
        showlegend=False,
        bargap=0.35,
        uirevision=key,
        font_size=letters,
    )
    minutes = range(0, int(WINDOW.total_seconds()) // 60, MINUTES_BETWEEN_TICKS)
    unit = _("−{count:d} min")  # once: on a phone the labels would touch
    figure.update_xaxes(
        range=[-WINDOW.total_seconds() / 60, 0.25],
        tickvals=[-each for each in minutes],
        ticktext=[_("now"), *(f"−{each:d}" for each in minutes[1:-1]), unit.format(count=minutes[-1])],
        tickangle=0,
        zeroline=False,
        fixedrange=True,
    )
    if not runs:
        words = NONE if is_current else UNKNOWN
        figure.add_annotation(text=words, showarrow=False, xref="paper", yref="paper", x=0.5, y=0.5)
    blank = [" " * (number + 1) for number in range(most - len(rows))]
    figure.update_yaxes(
        type="category",  # a name that looks like a date or a number is still a name
        categoryorder="array",
        categoryarray=[*blank, *rows[::-1]],
        range=[-0.6, most - 0.4],
        automargin=True,
        fixedrange=True,
        tickvals=rows,
        ticktext=[label(row) for row in rows],
    )
    st.plotly_chart(figure, key=key, config=STATIC, alt=_in_words(shown))


def _trace(runs: Sequence[Run], phase: RunPhase, scheduled: bool, now: datetime) -> go.Bar:
    mine = [run for run in runs if run.phase is phase and is_scheduled(run) is scheduled]
    return go.Bar(
        orientation="h",
        y=[who_and_what(run) for run in mine],
        base=[_minutes(_begin(run), now) for run in mine],
        x=[max((_end(run, now) - _begin(run)).total_seconds(), LEAST_SECONDS) / 60 for run in mine],
        marker={
            "color": BAR_COLORS[phase],
            "pattern": {"shape": "/" if scheduled else "", "solidity": 0.45},
            "line": {"width": 1, "color": OUTLINE},
            "opacity": 0.8,
        },
    )


def _begin(run: Run) -> datetime:
    return run.started or run.due


def _end(run: Run, now: datetime) -> datetime:
    return run.ended or now


def _minutes(moment: datetime, now: datetime) -> float:
    return (moment - now).total_seconds() / 60


def _in_words(runs: Sequence[Run]) -> str:
    if not runs:
        return NONE
    return "; ".join(f"{who_and_what(run)}: {run.state}" for run in runs[:MOST_ROWS])
