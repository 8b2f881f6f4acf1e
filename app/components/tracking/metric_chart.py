"""Draw metrics: dots for a comparison, a line over the versions of a model."""

from collections.abc import Sequence
from itertools import cycle

import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from app.components.page.plotly_text import PlotlyText, label, plotly_text
from app.components.tracking.comparison_table import numbered
from app.engine.tracking.comparison import DATASET, Row, better
from app.i18n import _
from workshop.facts import ModelVersion

COLORS = ("#3b82f6", "#f59e0b", "#10b981", "#ef4444", "#8b5cf6", "#14b8a6", "#ec4899", "#84cc16")
ROW_HEIGHT = 58
LEAST_ROOM = 0.01
ON_TOP = {"orientation": "h", "y": 1, "yanchor": "top", "yref": "container"}
"""The place of the legend: the margin above the chart."""
NO_TOOLBAR = {"displayModeBar": False}


def show_metric_dots(rows: Sequence[Row], heads: Sequence[str], key: str) -> None:
    """Show each metric that differs on a scale of its own.

    The dots carry the numbers of the columns above.
    """
    rows = [row for row in rows if row.kind == "metric" and row.differs]
    if not rows:
        return
    figure = make_subplots(rows=len(rows), cols=1, vertical_spacing=0.5 / len(rows))
    for line, row in enumerate(rows, start=1):
        for position, head in enumerate(numbered(heads)):
            figure.add_trace(_dot(row, position, head, in_legend=line == 1), row=line, col=1)
        figure.update_yaxes(tickvals=[0], ticktext=[_titled(row.name)], range=[-1, 1], row=line, col=1)
        figure.update_xaxes(range=_span(row), nticks=4, row=line, col=1)
    figure.update_yaxes(showgrid=False, zeroline=True, fixedrange=True)
    figure.update_xaxes(showgrid=False, zeroline=False, fixedrange=True)
    figure.update_layout(height=70 + ROW_HEIGHT * len(rows), margin={"t": 40, "b": 10, "l": 0, "r": 10})
    figure.update_layout(legend=ON_TOP)
    st.plotly_chart(figure, key=key, config=NO_TOOLBAR)


def show_metric_over_versions(versions: Sequence[ModelVersion], metric: str, selected: Sequence[int], key: str) -> None:
    """Show a metric over the versions of a model, with a line for each data set.

    The dots of selected versions are larger.

    Aliases stand where they point.
    """
    ordered = sorted((v for v in versions if metric in v.metrics), key=lambda version: version.version)
    lines = _by_dataset(ordered) or {"": []}
    colors = cycle(COLORS)
    figure = go.Figure(
        [
            _line(of_one, metric, selected, name, color)
            for (name, of_one), color in zip(lines.items(), colors, strict=False)
        ]
    )
    for version in ordered:
        if version.aliases:
            aliases = "<br>".join(label(alias) for alias in version.aliases)
            figure.add_annotation(x=version.version, y=version.metrics[metric], text=aliases, ay=-34, ax=0)
    numbers = [version.version for version in ordered]
    figure.update_xaxes(
        tickvals=numbers, ticktext=[f"v{number:d}" for number in numbers], showgrid=False, fixedrange=True
    )
    values = [version.metrics[metric] for version in ordered]
    figure.update_yaxes(title=_titled(metric), tickformat=".3f", fixedrange=True, range=_padded(values))
    figure.update_layout(height=300, margin={"t": 40, "b": 10, "l": 0, "r": 10})
    figure.update_layout(legend=ON_TOP)
    st.plotly_chart(figure, key=key, config=NO_TOOLBAR)


def _by_dataset(versions: Sequence[ModelVersion]) -> dict[str, list[ModelVersion]]:
    """Group versions by their data set. A line through several would compare them."""
    by_dataset: dict[str, list[ModelVersion]] = {}
    for version in versions:
        by_dataset.setdefault(version.params.get(DATASET, "–"), []).append(version)
    return by_dataset


def _line(versions: Sequence[ModelVersion], metric: str, selected: Sequence[int], name: str, color: str) -> go.Scatter:
    return go.Scatter(
        x=[version.version for version in versions],
        y=[version.metrics[metric] for version in versions],
        name=label(name),
        mode="lines+markers",
        line={"color": color},
        marker={"size": [17 if version.version in selected else 10 for version in versions]},
        hovertemplate=f"{_('Version')} %{{x}}<br>{plotly_text(metric)} %{{y:.4f}}<extra>{plotly_text(name)}</extra>",
    )


def _dot(row: Row, position: int, head: str, in_legend: bool) -> go.Scatter:
    best = position in row.best
    return go.Scatter(
        x=[row.values[position]],
        y=[0],
        name=label(head),
        legendgroup=head,
        showlegend=in_legend,
        mode="markers+text",
        text=[f"{position + 1:d}"],
        textfont={"color": "white", "size": 11},
        marker={"size": 22, "color": COLORS[position % len(COLORS)], "line": {"width": 3 if best else 0}},
        hovertemplate=f"{plotly_text(head)}<br>{plotly_text(row.name)} %{{x:.4f}}<extra></extra>",
    )


def _titled(metric: str) -> PlotlyText:
    arrow = {"higher": " ↑", "lower": " ↓", None: ""}[better(metric)]
    return PlotlyText(label(metric) + arrow)


def _padded(values: Sequence[float]) -> tuple[float, float]:
    """Pad the axis, with room for the aliases and so that small differences look small."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = max((high - low) * 0.3, LEAST_ROOM * (abs(high) or 1))
    return low - room, high + room


def _span(row: Row) -> tuple[float, float]:
    numbers = [value for value in row.values if isinstance(value, float)]
    low, high = min(numbers), max(numbers)
    margin = (high - low or abs(high) or 1) * 0.12
    return low - margin, high + margin
