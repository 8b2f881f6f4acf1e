"""Home: what this is, the steps, the services, and where to go on."""

from collections.abc import Mapping
from itertools import groupby

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from app.components import service_cards
from app.engine.steps import Step
from app.i18n import _

PATH = ("DEVELOP", "TRACK", "REGISTER", "AUTOMATE", "MONITOR")


def show(steps: list[Step], pages: Mapping[str, StreamlitPage]) -> None:
    """Show the home page; `pages` maps step ids to their pages."""
    st.title(_("MLOps, by doing it"), anchor=False)
    st.markdown(
        _(
            "Predict which customers will leave, and run the whole path on real tools: "
            "**Prefect** and **Dagster** run the pipeline, **MLflow** keeps what came out. "
            "Every page has the code, a button that runs it, and checks that ask the services what really happened."
        )
    )
    st.markdown(" → ".join(f":blue-badge[{word}]" for word in PATH))
    _continue(steps, pages)
    st.subheader(_("Steps"), anchor="steps")
    _steps(steps, pages)
    st.subheader(_("Services"), anchor="services")
    service_cards.show()


def _continue(steps: list[Step], pages: Mapping[str, StreamlitPage]) -> None:
    last = st.session_state.get("last_step")
    step = next((step for step in steps if step.id == last), None)
    if step:
        label = _("Continue where you were: {title}").format(title=step.title)
        st.page_link(pages[step.id], label=label, icon=":material/play_circle:")
    elif steps:
        label = _("Begin: {title}").format(title=steps[0].title)
        st.page_link(pages[steps[0].id], label=label, icon=":material/play_circle:")


def _steps(steps: list[Step], pages: Mapping[str, StreamlitPage]) -> None:
    if not steps:
        st.info(_("There is no step under workshop/ yet."))
    for phase, members in groupby(steps, key=lambda step: step.phase):
        st.badge(phase.title, icon=phase.icon, color=phase.color)
        with st.container(horizontal=True, gap="small"):
            for step in members:
                with st.container(border=True, width=360):
                    st.page_link(pages[step.id], label=f"**{step.title}**", icon=phase.icon)
                    st.markdown(step.summary)
                    st.caption(_("{minutes} min").format(minutes=step.minutes))
