"""Draw a metric of the newest runs over time, and the best so far."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from app.components.page.local_time import local
from app.components.page.plotly_text import label
from app.engine.classroom.board import METRIC, best_so_far, newest_dataset
from app.i18n import _
from workshop.facts import MlflowRun

DOT, LINE = "#3f7be8", "#1f9d6b"
LEAST_ROOM = 0.02
MOST_LETTERS = 16
"""Of a data set's name: the axis is short."""
MINUTE = 60_000
CLOCK = [
    {"dtickrange": [None, MINUTE - 1], "value": "%H:%M:%S"},
    {"dtickrange": [MINUTE, None], "value": "%H:%M"},
]
"""How the time is written: with seconds where ticks are less than a minute (60,000 ms) apart."""
STATIC = {"displayModeBar": False, "staticPlot": True}


def show(runs: Sequence[MlflowRun], best_of_older: MlflowRun | None, height: int, key: str, letters: int = 12) -> None:
    """Draw a dot for each run of the newest data set, and a stepped line for the best so far."""
    points, dataset = best_so_far(runs, best_of_older), newest_dataset(runs)
    figure = go.Figure()
    if points:
        starts = [local(start).replace(tzinfo=None) for start, _value, _best in points]  # as Plotly draws it
        figure.add_scatter(
            x=starts, y=[best for _s, _v, best in points], mode="lines", line={"shape": "hv", "color": LINE, "width": 4}
        )
        figure.add_scatter(
            x=starts, y=[value for _s, value, _b in points], mode="markers", marker={"color": DOT, "size": 13}
        )
        figure.add_annotation(
            x=starts[-1], y=points[-1][2], text=_("best so far {value:.3f}").format(value=points[-1][2]), ay=-26, ax=-70
        )
    title = f"{METRIC} · {label(dataset, MOST_LETTERS)}" if dataset else METRIC
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 8, "t": 22, "b": 2 * letters + 4},
        showlegend=False,
        uirevision=key,
        title="",
        font_size=letters,
    )
    figure.update_yaxes(
        tickformat=".3f",
        title=title,
        fixedrange=True,
        range=_range([height for _start, *heights in points for height in heights]),
    )
    figure.update_xaxes(fixedrange=True, tickformatstops=CLOCK, visible=bool(points))
    st.plotly_chart(figure, key=key, config=STATIC)


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Pad the axis, so that small differences look small. Without a value it spans 0 to 1."""
    if not values:
        return 0.0, 1.0
    room = max(0.2 * (max(values) - min(values)), LEAST_ROOM)
    return min(values) - room, max(values) + room
