"""The last lines of a program's output, live, with search."""

from collections.abc import Sequence
from contextlib import suppress
from typing import cast

import streamlit as st

from app.components.clients import program_log, runtimes
from app.components.errors import explain
from app.engine.errors import WorkshopError
from app.i18n import _

POLL_SECONDS = 2.0
LINES = 500
HEIGHT = 420
PROGRAM, SEARCH = "log", "search"
KNOWN = "log_programs"


@st.fragment(run_every=POLL_SECONDS)
def show() -> None:
    """Show the log of the program that is chosen; nothing until somebody tells of any, which the cards above say."""
    with explain():
        programs = _programs()
        if not programs:
            return
        with st.container(horizontal=True, vertical_alignment="bottom", key="service_log"):
            program = st.selectbox(_("Log of"), programs, key=PROGRAM, bind="query-params", width=220)
            words = st.text_input(
                _("Search"),
                key=SEARCH,
                placeholder=_("Only lines with these words"),
                icon=":material/search:",
            )
        lines = program_log(program, LINES)
        found = matching(lines, words or "")
        with st.container(height=HEIGHT, autoscroll=True, border=True, key="service_log_lines"):
            if found:
                st.code("\n".join(found), language=None, wrap_lines=True)
            else:
                st.caption(_("No line has these words.") if lines else _("No log line yet."))
        st.caption(_("{found} of the last {all} lines").format(found=len(found), all=len(lines)))


def _programs() -> list[str]:
    """List the programs; while nobody tells of them, those that are known: a list that goes takes the choice along."""
    with suppress(WorkshopError):
        st.session_state[KNOWN] = [program for runtime in runtimes().values() for program in runtime.programs]
    return cast(list[str], st.session_state.get(KNOWN, []))


def matching(lines: Sequence[str], words: str) -> list[str]:
    """Keep the lines that have every one of these words, however they are written."""
    wanted = words.lower().split()
    return [line for line in lines if all(word in line.lower() for word in wanted)]
