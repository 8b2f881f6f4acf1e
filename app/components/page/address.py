"""What the page's address says of one parameter, which the server changes and the browser sends with every poll."""

import time
from collections.abc import Sequence

import streamlit as st

LATE_SECONDS = 3.0
"""A poll that was under way at a change still has the former address; it arrives within this time."""


def read(name: str) -> list[str]:
    """List the values of a parameter; those that a late poll brings back are replaced again."""
    found = st.query_params.get_all(name)
    former, changed, at = st.session_state.get(_change(name), ([], [], 0.0))
    if former and found == former and time.monotonic() - at < LATE_SECONDS:
        _write(name, changed)
        return list(changed)
    return found


def change(name: str, values: Sequence[str]) -> None:
    """Put other values in place of those of a parameter; none at all takes it out of the address."""
    st.session_state[_change(name)] = st.query_params.get_all(name), list(values), time.monotonic()
    _write(name, values)


def _write(name: str, values: Sequence[str]) -> None:
    if values:
        st.query_params[name] = list(values)
    else:
        st.query_params.pop(name, None)


def _change(name: str) -> str:
    return f"address:{name}"
