"""The services as cards: health, what their processes are doing, a link to their own UI, log and restart."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import streamlit as st

from app.components.page.badges import health_badge
from app.components.page.durations import duration
from app.components.page.errors import explain
from app.components.page.last_known import fetch_or_recall
from app.components.page.markdown import Markdown, escape, link, sentence
from app.components.reads.stack import health, runtimes
from app.engine.stack.control import Runtime
from app.engine.stack.facts import ServiceHealth
from app.engine.stack.services import SERVICES
from app.i18n import _

POLL_SECONDS = 4.0
CARD_WIDTH = 230
PURPOSES = {service.id: service.purpose for service in SERVICES}
MEGABYTE = 1_000_000

Actions = Callable[[ServiceHealth, Runtime], None]
"""Draws the buttons of one service's card."""


@st.fragment(run_every=POLL_SECONDS)
def show() -> None:
    """Show all services.

    A card of a service that is down says how to start it, and changes by itself when it is up.
    """
    with explain(), st.grid(min_column_width=CARD_WIDTH, key="service_cards"):
        for service in health():
            _card(service)


@st.fragment(run_every=POLL_SECONDS)
def show_with_actions(actions: Actions) -> None:
    """Show all services with what their processes are doing and what can be done to them.

    Whatever keeps the supervisor from telling that is said once; the health of each service is shown all the same.
    """
    notice = st.empty()
    running: Mapping[str, Runtime] = {}
    with explain():
        running = fetch_or_recall("runtimes", runtimes, notice) or {}
    with explain(), st.grid(min_column_width=CARD_WIDTH, key="service_cards"):
        for service in health():
            _card(service, running.get(service.service), actions)


def _card(service: ServiceHealth, runtime: Runtime | None = None, actions: Actions | None = None) -> None:
    with st.container(border=True, height="stretch", gap="small", vertical_alignment="distribute"):
        with st.container(gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{escape(service.title)}**", width="content")
                health_badge(service)
            is_brief = service.is_healthy and actions is None
            st.caption(sentence(PURPOSES[service.service] if is_brief else service.message))
            if runtime:
                st.markdown(facts(runtime, datetime.now(UTC)))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if service.public_url:
                st.markdown(f":material/open_in_new: {link(_('Open'), service.public_url)}", width="content")
            if runtime and actions:
                actions(service, runtime)


def facts(runtime: Runtime, now: datetime) -> Markdown:
    """Say in one line what a service's processes are doing."""
    words = [escape(runtime.state.lower())]
    if runtime.started:
        words = [Markdown(_("{state} for {time}").format(state=words[0], time=duration(now - runtime.started)))]
    if runtime.restarts:
        words.append(Markdown(_("restarted {count:d} ×").format(count=runtime.restarts)))
    if runtime.memory:
        words.append(Markdown(f"{runtime.memory / MEGABYTE:,.0f} MB"))
    return Markdown(" · ".join(words))
