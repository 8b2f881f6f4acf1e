"""The last lines of a program's output, live, with search."""

from collections.abc import Sequence

import streamlit as st

from app.components.page.errors import explain
from app.components.reads.stack import program_log, runtimes
from app.engine.errors import WorkshopError
from app.i18n import _

POLL_SECONDS = 2.0
LINES = 500
HEIGHT = 420
PROGRAM, SEARCH = "log", "search"
CHOSEN, TIMES_CHOSEN = "log_chosen", "log_times_chosen"


def choose(program: str) -> None:
    """Show this program's log from now on, whoever asks for it: a card's button, for example.

    The list is made again for it: what the browser is about to send may still carry the former choice of the old one.
    """
    st.session_state[CHOSEN] = program
    st.session_state[TIMES_CHOSEN] = st.session_state.get(TIMES_CHOSEN, 0) + 1


@st.fragment(run_every=POLL_SECONDS)
def show() -> None:
    """Show the log of the program that is chosen.

    It shows nothing while the supervisor does not answer, because the cards above say that.
    """
    with explain():
        if programs := _programs():
            _show_lines(programs)


def _show_lines(programs: Sequence[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="service_log"):
        program = _choose_program(programs)
        words = st.text_input(
            _("Search"),
            key=SEARCH,
            placeholder=_("Only lines with these words"),
            icon=":material/search:",
        )
    lines = program_log(program, LINES)
    matches = matching(lines, words or "")
    with st.container(height=HEIGHT, autoscroll=True, border=True, key="service_log_lines"):
        if matches:
            st.code("\n".join(matches), language=None, wrap_lines=True)
        else:
            st.caption(_("No line has these words.") if lines else _("No log line yet."))
    st.caption(_("{found:d} of the last {all:d} lines").format(found=len(matches), all=len(lines)))


def _programs() -> list[str]:
    """Name all programs whose logs can be read. There are none while the supervisor does not answer."""
    try:
        return [program for runtime in runtimes().values() for program in runtime.programs]
    except WorkshopError:
        return []


def _choose_program(programs: Sequence[str]) -> str:
    """Let the reader choose a program.

    The choice stays after a reload, and after a moment in which the supervisor does not answer.
    """
    wanted = st.session_state.get(CHOSEN) or st.query_params.get(PROGRAM)
    program = st.selectbox(
        _("Log of"),
        programs,
        index=programs.index(wanted) if wanted in programs else 0,
        key=f"{PROGRAM}:{st.session_state.get(TIMES_CHOSEN, 0)}",
        width=220,
    )
    if wanted or program != programs[0]:
        st.session_state[CHOSEN] = st.query_params[PROGRAM] = program
    return program


def matching(lines: Sequence[str], words: str) -> list[str]:
    """Keep the lines that have every one of these words, however they are written."""
    wanted = words.lower().split()
    return [line for line in lines if all(word in line.lower() for word in wanted)]
