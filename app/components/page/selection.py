"""Rows that a person picks in a table. They are kept by id, in the URL: reload, share and new rows do not lose them."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from app.components.page import address


def picked(name: str) -> list[str]:
    """List the ids picked under this name; the URL counts, the session remembers them on the way to another page."""
    kept = _kept(name)
    if found := address.read(name):
        st.session_state[kept] = list(dict.fromkeys(found))
    elif st.session_state.get(kept):
        address.change(name, st.session_state[kept])
    return list(st.session_state.get(kept, []))


def pick(name: str, ids: Sequence[str]) -> None:
    """Replace what is picked under this name."""
    st.session_state[_kept(name)] = list(ids)
    address.change(name, ids)


def show_pickable(frame: pd.DataFrame, ids: Sequence[str], name: str, **options: Any) -> None:
    """Show a table whose rows can be picked; row i stands for `ids[i]`. Picks that are not in it stay picked."""
    table, chosen = f"{name}.table", set(picked(name))
    rows = [row for row, id_ in enumerate(ids) if id_ in chosen]
    st.session_state[f"{name}.ids"] = list(ids)
    if _rows_of(table) != rows:
        st.session_state[table] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    st.dataframe(
        frame, key=table, on_select=partial(_keep, name), selection_mode="multi-row", hide_index=True, **options
    )


def _keep(name: str) -> None:
    ids: list[str] = st.session_state[f"{name}.ids"]
    ticked = [ids[row] for row in _rows_of(f"{name}.table") if row < len(ids)]
    hidden = [id_ for id_ in picked(name) if id_ not in ids]
    pick(name, hidden + ticked)


def _rows_of(table: str) -> list[int]:
    state = st.session_state.get(table) or {}
    return sorted(state.get("selection", {}).get("rows", []))


def _kept(name: str) -> str:
    return f"{name}.picked"
