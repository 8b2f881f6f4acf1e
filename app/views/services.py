"""Show Services: what each one is doing, its log, and a button that restarts it."""

import streamlit as st

from app.components.page.errors import explain
from app.components.page.markdown import escape, sentence
from app.components.page.runs_chart import who_and_what
from app.components.reads.classroom import board
from app.components.reads.clients import control
from app.components.reads.stack import health, runtimes
from app.components.services import cards, log
from app.engine.errors import WorkshopError
from app.engine.stack.control import Runtime
from app.engine.stack.facts import ServiceHealth
from app.engine.stack.services import SERVICES
from app.i18n import _

ASKED = "restart_asked"
CARRIES = {service.id: service.carries for service in SERVICES}


def show() -> None:
    """Show the page."""
    st.title(_("Services"), anchor=False)
    st.markdown(_("What the stack is made of, asked every few seconds: each answer is the service's own."))
    if problem := st.session_state.pop("restart_problem", None):
        st.error(sentence(problem), icon=":material/error:")
    cards.show_with_actions(_actions)
    log.show()


def _actions(service: ServiceHealth, runtime: Runtime) -> None:
    _restart_if_asked(service)
    if st.button(_("Log"), key=f"log:{service.service}", type="tertiary", icon=":material/article:"):
        log.choose(runtime.programs[0])
        st.rerun()
    if st.button(_("Restart"), key=f"restart:{service.service}", type="tertiary", icon=":material/restart_alt:"):
        title = _("Restart {title}?").format(title=service.title)
        st.dialog(title, icon=":material/restart_alt:")(_ask)(service)


def _ask(service: ServiceHealth) -> None:
    """Say which runs a restart would hit, and restart when the person confirms."""
    with explain():
        now = board()
        runs = [run for run in now.running if run.orchestrator in CARRIES[service.service]]
        for problem in now.problems:
            st.warning(sentence(problem), icon=":material/cloud_off:")
        if runs:
            st.warning(_("These runs are under way and may fail or wait:"), icon=":material/warning:")
            st.markdown("\n".join(f"- {escape(who_and_what(run))}: {escape(run.state)}" for run in runs))
        elif not now.problems:
            st.markdown(_("No run is under way that needs it."))
    if service.service == "panel":
        st.markdown(_("These pages go away for some seconds and come back by themselves."))
    st.button(
        _("Restart it"),
        type="primary",
        icon=":material/restart_alt:",
        on_click=lambda: st.session_state.update({ASKED: service.service}),
    )
    _restart_if_asked(service)


def _restart_if_asked(service: ServiceHealth) -> None:
    """Restart a service once, in the part of the page that is drawn first after the click."""
    if st.session_state.get(ASKED) == service.service:
        del st.session_state[ASKED]
        with st.spinner(_("Stopping and starting it …")):
            _restart(service.service)
        st.rerun()


def _restart(service: str) -> None:
    try:
        control().restart(service)
    except WorkshopError as error:
        st.session_state["restart_problem"] = str(error)
    runtimes.clear()
    health.clear()
