"""A run's log, as it comes."""

from collections.abc import Sequence

import streamlit as st

from app.components.page.local_time import clock
from app.components.page.markdown import without_ansi
from app.engine.orchestrators.contract import MOST_LOG_LINES, LogLine
from app.i18n import _

HEIGHT = 300
MOST_LETTERS = 4_000
"""Of one message: a longer one would push all else out of sight."""


def as_text(lines: Sequence[LogLine]) -> str:
    """Write log lines as plain text: the viewer's time, level, task, message."""
    return "\n".join(
        f"{clock(line.at)}.{line.at.microsecond // 1000:03d}  {line.level.upper():8} "
        f"{f'[{line.source}] ' if line.source else ''}{_short(line.message)}"
        for line in lines
    )


def _short(message: str) -> str:
    message = without_ansi(message)
    return message if len(message) <= MOST_LETTERS else f"{message[:MOST_LETTERS]} …"


def show(lines: Sequence[LogLine]) -> None:
    """Show the log, scrolled to its end."""
    with st.container(height=HEIGHT, autoscroll=True, border=True):
        if lines:
            st.code(as_text(lines), language=None, wrap_lines=True)
        else:
            st.caption(_("No log line yet."))
    if len(lines) >= MOST_LOG_LINES:
        st.caption(_("The last {count:d} lines: the whole log is in the tool's own page.").format(count=len(lines)))
