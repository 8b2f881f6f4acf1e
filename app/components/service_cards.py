"""Each service's health as a card with a link to its own UI."""

import streamlit as st

from app.components.clients import health
from app.components.errors import explain
from app.engine.models import ServiceHealth
from app.engine.stack.services import SERVICES
from app.i18n import _

POLL_SECONDS = 4.0
CARD_WIDTH = 230
PURPOSES = {service.id: service.purpose for service in SERVICES}


@st.fragment(run_every=POLL_SECONDS)
def show() -> None:
    """Show all services; what is down says how to start it, and recovers by itself."""
    with explain(), st.grid(min_column_width=CARD_WIDTH, key="service_cards"):
        for service in health():
            _card(service)


def _card(service: ServiceHealth) -> None:
    with st.container(border=True, height="stretch", gap="small", vertical_alignment="distribute"):
        with st.container(gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{service.title}**", width="content")
                if service.is_healthy:
                    st.badge(_("up"), icon=":material/check_circle:", color="green")
                else:
                    st.badge(_("down"), icon=":material/cloud_off:", color="red")
            st.caption(PURPOSES[service.service] if service.is_healthy else service.message)
        if service.public_url:
            st.markdown(f"[{_('Open')} :material/open_in_new:]({service.public_url})")
