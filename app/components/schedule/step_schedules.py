"""The schedules of a step's deployments, with the runs that they started."""

import streamlit as st

from app.components.page import session
from app.components.page.memory import recall_or_raise
from app.components.page.recovery import draw_when_it_answers
from app.components.reads.schedules import schedules_of
from app.components.schedule import runs as scheduled_runs
from app.components.schedule import schedules
from app.engine.curriculum.steps import Step
from app.engine.errors import ServiceDown
from app.i18n import _


def show(step: Step) -> None:
    """Show the section, which comes with the first schedule."""

    def ask() -> object:
        return schedules_of(session.learner(), step.id)

    try:
        planned = recall_or_raise(("schedules", session.learner(), step.id), ask)
    except ServiceDown:  # without a schedule, nobody misses the section
        draw_when_it_answers(ask)
        return
    if planned:
        st.subheader(_("Schedules"), anchor="schedules")
        schedules.show(step.id)
        scheduled_runs.show(step.id)
