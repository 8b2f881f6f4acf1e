"""Keep the rows that a person selects in a table.

They are kept by id, in the URL. A reload, a shared link and new rows do not lose them.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from app.components.page import address


def selected_ids(name: str) -> list[str]:
    """List the ids selected under this name.

    The URL has them. The session remembers them while another page is open.
    """
    key = _key(name)
    if asked := address.read(name):
        st.session_state[key] = list(dict.fromkeys(asked))
    elif st.session_state.get(key):
        address.change(name, st.session_state[key])
    return list(st.session_state.get(key, []))


def select(name: str, ids: Sequence[str]) -> None:
    """Replace the selection of this name."""
    st.session_state[_key(name)] = list(ids)
    address.change(name, ids)


def show_selectable(frame: pd.DataFrame, ids: Sequence[str], name: str, **options: Any) -> None:
    """Show a table whose rows can be selected. Row i stands for `ids[i]`.

    Selected ids that are not in the table stay selected.
    """
    table, selected = f"{name}.table", set(selected_ids(name))
    rows = [row for row, id_ in enumerate(ids) if id_ in selected]
    st.session_state[f"{name}.ids"] = list(ids)
    if _rows_of(table) != rows:
        st.session_state[table] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    st.dataframe(
        frame,
        key=table,
        on_select=partial(_keep_selection, name),
        selection_mode="multi-row",
        hide_index=True,
        **options,
    )


def _keep_selection(name: str) -> None:
    ids: list[str] = st.session_state[f"{name}.ids"]
    ticked = [ids[row] for row in _rows_of(f"{name}.table") if row < len(ids)]
    hidden = [id_ for id_ in selected_ids(name) if id_ not in ids]
    select(name, hidden + ticked)


def _rows_of(table: str) -> list[int]:
    state = st.session_state.get(table) or {}
    return sorted(state.get("selection", {}).get("rows", []))


def _key(name: str) -> str:
    return f"{name}.selected"
