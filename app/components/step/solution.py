"""The solution of an exercise: on request, and offered once the checks have failed twice."""

from difflib import unified_diff
from pathlib import Path

import streamlit as st

from app.components.page.markdown import code
from app.engine.curriculum.steps import Action, Step
from app.i18n import _
from app.settings import get_settings

OFFERED_AFTER = 2


def file_of(step: Step, action: Action) -> Path | None:
    """Find the file of the solution, or None where a step is no exercise."""
    file = step.folder / "solution" / action.file.name
    return file if file.is_file() else None


def note_failed_check(step: Step) -> None:
    """Count a check that did not pass."""
    key = _key(step)
    st.session_state[key] = st.session_state.get(key, 0) + 1


def show(step: Step, action: Action) -> None:
    """Show what the solution changes in the learner's file."""
    solution = file_of(step, action)
    if solution is None:
        return
    if st.session_state.get(_key(step), 0) >= OFFERED_AFTER:
        st.caption(_("Checked twice and not there yet? Compare with the solution."))
    with st.expander(_("Show the solution"), icon=":material/key:"):
        mine = get_settings().workspace / action.file
        changes = "\n".join(
            unified_diff(
                mine.read_text(encoding="utf-8", errors="replace").splitlines(),
                solution.read_text(encoding="utf-8").splitlines(),
                _("your {file}").format(file=action.file.name),
                _("the solution"),
                n=2,
                lineterm="",
            )
        )
        if changes:
            st.caption(
                _("Lines with − are yours, lines with + the solution's. The whole file is {file}.").format(
                    file=code(solution.relative_to(get_settings().workspace).as_posix())
                )
            )
            st.code(changes, language="diff")
        else:
            st.caption(_("Your file is the solution."))


def _key(step: Step) -> str:
    return f"failed_checks:{step.id}"
