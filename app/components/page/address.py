"""Read and change one parameter of the page's address.

The server changes it, and the browser sends it with every poll.
"""

import time
from collections.abc import Sequence

import streamlit as st

LATE_SECONDS = 3.0
"""A poll that was under way at a change still has the former address. It comes within this time."""


def read(name: str) -> list[str]:
    """List the values of a parameter.

    A poll that was under way at a change brings the former values back. They are replaced again.
    """
    values = st.query_params.get_all(name)
    former, changed, at = st.session_state.get(_change(name), ([], [], 0.0))
    if former and values == former and time.monotonic() - at < LATE_SECONDS:
        _write(name, changed)
        return list(changed)
    return values


def change(name: str, values: Sequence[str]) -> None:
    """Replace the values of a parameter. Without values it leaves the address."""
    st.session_state[_change(name)] = st.query_params.get_all(name), list(values), time.monotonic()
    _write(name, values)


def _write(name: str, values: Sequence[str]) -> None:
    if values:
        st.query_params[name] = list(values)
    else:
        st.query_params.pop(name, None)


def _change(name: str) -> str:
    return f"address:{name}"
