"""Show Home: where to continue, the steps with their latest runs, and the services."""

from collections.abc import Mapping
from itertools import groupby

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from app.components.page import session
from app.components.page.badges import state_badge
from app.components.page.memory import recall_or_raise
from app.components.page.recovery import draw_when_it_answers
from app.components.reads.runs import latest_by_step
from app.components.reads.schedules import schedules_of
from app.components.schedule import schedules
from app.components.services import cards
from app.engine.curriculum.steps import Step, find
from app.engine.errors import WorkshopError
from app.i18n import _
from workshop.facts import Run

PATH = ("DEVELOP", "TRACK", "REGISTER", "AUTOMATE", "MONITOR")
POLL_SECONDS = 4.0
CARD_WIDTH = 260


def show(steps: list[Step], pages: Mapping[str, StreamlitPage]) -> None:
    """Show the page. `pages` maps step ids to their pages."""
    st.title(_("MLOps, by doing it"), anchor=False)
    st.markdown(
        _(
            "Predict which customers will leave, and run the whole path on real tools: "
            "**Prefect** and **Dagster** run the pipeline, **MLflow** keeps what came out. "
            "Every step has its code, a button that runs it, and checks that ask the services what really happened."
        )
    )
    st.markdown(" → ".join(f":blue-badge[{word}]" for word in PATH))
    _live(steps, pages)
    try:
        question = ("schedules", session.learner(), "")
        if recall_or_raise(question, lambda: schedules_of(session.learner())):
            st.subheader(_("Schedules"), anchor="schedules")
            schedules.show()
    except WorkshopError:  # the services below say what is down
        draw_when_it_answers(lambda: schedules_of(session.learner()))
    st.subheader(_("Services"), anchor="services")
    cards.show()


@st.fragment(run_every=POLL_SECONDS)
def _live(steps: list[Step], pages: Mapping[str, StreamlitPage]) -> None:
    if not steps:
        st.info(_("There is no step under workshop/ yet."))
        return
    latest = latest_by_step(session.learner(), steps)
    _continue(steps, pages, latest)
    for phase, members in groupby(steps, key=lambda step: step.phase):
        st.subheader(f":{phase.color}[{phase.icon} {phase.title}]", anchor=phase.id)
        with st.grid(min_column_width=CARD_WIDTH, gap="small"):
            for step in members:
                _card(step, pages[step.id], latest.get(step.id))


def _continue(steps: list[Step], pages: Mapping[str, StreamlitPage], latest: Mapping[str, Run]) -> None:
    """Lead to the step that was read last, else run last, else to the first."""
    newest = max(latest, key=lambda step: latest[step].due, default="")
    last = find(steps, st.session_state.get("last_step", "")) or find(steps, newest)
    step = last or steps[0]
    words = _("Continue where you were: {title}") if last else _("Begin: {title}")
    if st.button(words.format(title=step.title), type="primary", icon=":material/play_arrow:", key="continue"):
        st.switch_page(pages[step.id])


def _card(step: Step, page: StreamlitPage, run: Run | None) -> None:
    with st.container(border=True, height="stretch", vertical_alignment="distribute", key=f"step:{step.id}"):
        with st.container(gap="small"):
            st.page_link(page, label=f"**{step.title}**", icon=step.phase.icon)
            st.markdown(step.summary)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_("{minutes:d} min").format(minutes=step.minutes), width="content")
            if step.problem:
                st.badge(_("To be corrected"), icon=":material/build:", color="red")
            elif run:
                state_badge(run.state, run.phase)
