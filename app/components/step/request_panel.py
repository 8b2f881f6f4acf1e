"""The request that the button sends, and what does the same elsewhere."""

import streamlit as st

from app.components.page.markdown import sentence
from app.engine.orchestrators.contract import ApiRequest, Target
from app.engine.orchestrators.equivalents import as_curl
from app.engine.orchestrators.registry import tool_named
from app.i18n import _

HEIGHT = 320


def show(request: ApiRequest, target: Target) -> None:
    """Show the request object as curl, and what does the same in the tool's own clients."""
    equivalents = tool_named(target.orchestrator).equivalents(request, target)
    curl, *others = st.tabs([_("curl: the request itself"), *(equivalent.title for equivalent in equivalents)])
    with curl:
        st.code(as_curl(request), language="bash", height=HEIGHT)
    for tab, equivalent in zip(others, equivalents, strict=True):
        with tab:
            st.code(equivalent.text, language=equivalent.language, height=HEIGHT)
            if equivalent.note:
                st.caption(sentence(equivalent.note))
