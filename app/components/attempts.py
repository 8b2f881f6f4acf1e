"""Every attempt of the tasks that were tried more than once or failed: how long, why it failed, how long the wait."""

import streamlit as st

from app.components.markdown import escape
from app.engine.attempts import AttemptOutcome, outcomes
from app.engine.models import RunSnapshot
from app.i18n import _

MOST_LETTERS = 110


def show(snapshot: RunSnapshot) -> None:
    """Show the table; nothing when every task succeeded at once."""
    found = outcomes(snapshot)
    if not found:
        return
    head = [_("Task"), _("Attempt"), _("Ended"), _("Took"), _("Why it failed"), _("Then waited")]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *(_line(outcome) for outcome in found)]
    st.markdown("\n".join(lines))


def _line(outcome: AttemptOutcome) -> str:
    attempt = outcome.attempt
    took = f"{(attempt.ended - attempt.started).total_seconds():.2f} s" if attempt.ended else "…"
    wait = "" if outcome.wait is None else f"**{outcome.wait:.1f} s**"
    cells = [escape(outcome.task), str(attempt.number), escape(attempt.state), took, _in_code(outcome.error), wait]
    return "| " + " | ".join(cells) + " |"


def _in_code(error: str) -> str:
    """Write an exception as code, without what breaks a table; its first line, and not all of a long one."""
    line = error.partition("\\n")[0].partition("\n")[0]
    short = line if len(line) <= MOST_LETTERS else line[:MOST_LETTERS] + " …"
    return f"`{short.replace('`', chr(39)).replace('|', '/')}`" if short else ""
