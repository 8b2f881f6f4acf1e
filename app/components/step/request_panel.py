"""The request that the button sends, and what does the same elsewhere."""

import streamlit as st

from app.engine.orchestrators.contract import ApiRequest, Target
from app.engine.orchestrators.equivalents import as_command, as_curl, as_python
from app.i18n import _

HEIGHT = 320


def show(request: ApiRequest, target: Target) -> None:
    """Show the request object as curl, and its equivalents in Python and on the command line."""
    curl, python, command = st.tabs([_("curl: the request itself"), _("Python: equivalent"), _("CLI: equivalent")])
    with curl:
        st.code(as_curl(request), language="bash", height=HEIGHT)
    with python:
        st.code(as_python(request, target), language="python", height=HEIGHT)
    with command:
        st.code(as_command(request, target), language="bash", height=HEIGHT)
        if target.orchestrator == "prefect":
            st.caption(_("The command line has no option for the idempotency key: repeated, it starts a second run."))
