"""Each service's health as a card with a link to its own UI."""

import streamlit as st

from app.components.clients import health
from app.components.errors import explain
from app.engine.models import ServiceHealth
from app.i18n import _

POLL_SECONDS = 4.0


@st.fragment(run_every=POLL_SECONDS)
def show() -> None:
    """Show all services; what is down says how to start it, and recovers by itself."""
    with explain(), st.container(horizontal=True, gap="small", key="service_cards"):
        for service in health():
            _card(service)


def _card(service: ServiceHealth) -> None:
    with st.container(border=True, width=236, height=164, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{service.title}**")
            if service.is_healthy:
                st.badge(_("up"), icon=":material/check_circle:", color="green")
            else:
                st.badge(_("down"), icon=":material/cloud_off:", color="red")
        st.caption(service.message)
        if service.public_url:
            st.markdown(f"[{_('Open')} :material/open_in_new:]({service.public_url})")
