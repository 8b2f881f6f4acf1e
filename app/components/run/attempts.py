"""Show each attempt of the tasks that were tried more than once or failed: how long, why it failed, the wait."""

import streamlit as st

from app.components.page.markdown import Markdown, code, escape, table
from app.engine.orchestrators.attempts import AttemptOutcome, outcomes
from app.engine.orchestrators.contract import RunSnapshot
from app.engine.orchestrators.registry import tool_of
from app.i18n import _

MOST_LETTERS = 110


def show(snapshot: RunSnapshot) -> None:
    """Show the table, or nothing when every task succeeded at once."""
    attempts = outcomes(snapshot, tool_of(snapshot.run).error_in)
    if not attempts:
        return
    head = [_("Task"), _("Attempt"), _("Ended"), _("Took"), _("Why it failed"), _("Then waited")]
    st.markdown(table(head, [_cells(outcome) for outcome in attempts]))


def _cells(outcome: AttemptOutcome) -> list[Markdown]:
    attempt = outcome.attempt
    took = "…" if attempt.seconds is None else f"{attempt.seconds:.2f}\u00a0s"
    wait = "" if outcome.wait is None else f"**{outcome.wait:.1f} s**"
    number = Markdown(f"{attempt.number:d}")
    return [
        *(escape(outcome.task), number, escape(attempt.state)),
        *(Markdown(took), _in_code(outcome.error), Markdown(wait)),
    ]


def _in_code(error: str) -> Markdown:
    """Write the first line of an exception as code, cut when it is long."""
    line = error.partition("\\n")[0].partition("\n")[0]
    return code(line if len(line) <= MOST_LETTERS else line[:MOST_LETTERS] + " …")
