"""Show runs or model versions side by side.

The table says what differs, and which value of a metric is best.
"""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from app.components.page.markdown import Markdown, escape
from app.engine.tracking.comparison import Kind, Row
from app.i18n import _

SECTIONS: dict[Kind, str] = {"metric": "Metrics", "param": "Parameters", "tag": "Tags"}


def show_comparison(
    rows: Sequence[Row], heads: Sequence[str], facts: Mapping[str, Sequence[Markdown]], differences_only: bool
) -> None:
    """Show one column per thing compared.

    Args:
        rows: What was compared.
        heads: What each column is called.
        facts: Rows that are always shown, on top: their cells in Markdown, by label.
        differences_only: Leave out what is the same for all; else what differs is highlighted.
    """
    cells = {f"**{label}**": list(values) for label, values in facts.items()}
    for row in rows:
        if row.differs or not differences_only:
            cells[_label(row)] = _values(row, mark=not differences_only)
    st.table(pd.DataFrame.from_dict(cells, orient="index", columns=_columns(heads)), border="horizontal")
    if not all(row.ranks for row in rows):
        st.caption(_(":material/info: The data sets differ: their metrics say nothing of which one is better."))
    if not any(row.differs for row in rows):
        st.info(_("Nothing differs: the same metrics, parameters and tags."), icon=":material/equal:")


def numbered(heads: Sequence[str]) -> list[str]:
    """Number the columns as the chart does."""
    return [f"{number} · {head}" for number, head in enumerate(heads, start=1)]


def _columns(heads: Sequence[str]) -> list[Markdown]:
    return [escape(head) for head in numbered(heads)]


def _label(row: Row) -> Markdown:
    icon = {"metric": "monitoring", "param": "tune", "tag": "sell"}[row.kind]
    return Markdown(f":gray[:material/{icon}:] {escape(row.name)}")


def _values(row: Row, mark: bool) -> list[Markdown]:
    return [_value(row, position, mark) for position in range(len(row.values))]


def _value(row: Row, position: int, mark: bool) -> Markdown:
    text = escape(row.texts[position])
    if position in row.best:
        return Markdown(f":green-background[**{text}** :material/trophy:]")
    return Markdown(f":orange-background[{text}]") if mark and row.differs else text
