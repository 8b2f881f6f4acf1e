"""Draw whose result went where: the graph that a tool records or declares."""

import json
from collections.abc import Sequence

import streamlit as st

from app.components.page.badges import BAR_COLORS
from app.components.page.plotly_text import short
from app.i18n import _
from workshop.facts import TaskRun

INK = "#7a8496"
"""Readable on a light and on a dark page."""


def show(tasks: Sequence[TaskRun]) -> None:
    """Draw the graph, or nothing where no result went anywhere."""
    if edges(tasks):
        st.markdown(f":material/account_tree: **{_('Whose result went where')}**")
        names = {task.id: task.name for task in tasks}
        words = "; ".join(f"{names[source]} → {names[target]}" for source, target in edges(tasks))
        st.graphviz_chart(dot(tasks), width="content", alt=words)


def edges(tasks: Sequence[TaskRun]) -> list[tuple[str, str]]:
    """List pairs of task run ids: from, to."""
    ids = {task.id for task in tasks}
    return [(source, task.id) for task in tasks for source in task.upstream if source in ids]


def dot(tasks: Sequence[TaskRun]) -> str:
    """Write the graph in Graphviz's language, from left to right."""
    nodes = (
        f"  {_quoted(task.id)} [label={_quoted(_letters(task.name))} color={_quoted(BAR_COLORS[task.phase])}]"
        for task in tasks
    )
    arrows = (f"  {_quoted(source)} -> {_quoted(target)}" for source, target in edges(tasks))
    letters = f'fontname="sans-serif" fontsize=11 fontcolor="{INK}"'
    head = f'  rankdir=LR bgcolor=transparent node [shape=box style=rounded penwidth=2 {letters}] edge [color="{INK}"]'
    return "\n".join(["digraph {", head, *nodes, *arrows, "}"])


def _letters(text: str) -> str:
    """Write a name so that Graphviz draws its letters: it reads entities, and `\\N` as the node's own name."""
    return short(text).replace("&", "&amp;").replace("\\", "&#92;")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
