"""Write text of services into charts. Plotly reads tags and entities in every label."""

from typing import NewType

from app.components.page.markdown import without_ansi

PlotlyText = NewType("PlotlyText", str)
"""Text that Plotly may draw: nothing in it that a service said is a tag."""
ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", "%": "&#37;"})
"""Tags, LaTeX between dollars, and `%{…}`, the values of a hover text."""
MOST_LETTERS = 28
"""A longer label would squeeze the axis beside it."""


def plotly_text(text: str) -> PlotlyText:
    """Write text so that Plotly draws it letter by letter, in one line."""
    return PlotlyText(" ".join(without_ansi(text).split()).translate(ENTITIES))


def label(text: str, most: int = MOST_LETTERS) -> PlotlyText:
    """Write text beside an axis. A long one is cut, and the hover text has the whole."""
    return plotly_text(short(text, most))


def short(text: str, most: int = MOST_LETTERS) -> str:
    """Cut a long text, and write it in one line."""
    text = " ".join(without_ansi(text).split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
