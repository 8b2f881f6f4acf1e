"""Hints of a step, one at a time, as they are asked for."""

import streamlit as st

from app.engine.curriculum.steps import Step
from app.i18n import _


def show(step: Step) -> None:
    """Show as many hints as were asked for, if the step has any."""
    if step.hints:
        with st.expander(_("Hints, one at a time"), icon=":material/lightbulb:"):
            _show_hints(step)


def _show_hints(step: Step) -> None:
    asked = f"hints:{step.id}"
    count: int = st.session_state.get(asked, 0)
    for hint in step.hints[:count]:
        st.markdown(f"- {hint}")
    if count < len(step.hints):
        label = _("Show a hint") if count == 0 else _("Show another hint")
        st.button(
            label,
            icon=":material/lightbulb:",
            key=f"hint:{step.id}",
            on_click=lambda: st.session_state.update({asked: count + 1}),
        )
