"""Every attempt of the tasks that were tried more than once or failed: how long, why it failed, how long the wait."""

import streamlit as st

from app.components.markdown import escape
from app.engine.attempts import AttemptOutcome, outcomes
from app.engine.models import RunSnapshot
from app.i18n import _

MOST_LETTERS = 160


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
    error = outcome.error if len(outcome.error) <= MOST_LETTERS else outcome.error[:MOST_LETTERS] + " …"
    cells = [outcome.task, str(attempt.number), attempt.state, took, " ".join(error.split())]
    return "| " + " | ".join([*map(escape, cells), wait]) + " |"
