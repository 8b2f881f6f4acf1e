"""Markdown from text of the services: made safe, as links, as tables."""

import re
from collections.abc import Sequence


def escape(text: str) -> str:
    """Escape all that Markdown would read as formatting."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|:$~])", r"\\\1", text)


def link(text: str, url: str) -> str:
    """Write a link."""
    return f"[{escape(text)}]({url})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table; its cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
