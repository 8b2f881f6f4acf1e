"""Show selected runs side by side."""

from collections.abc import Sequence

import streamlit as st

from app.components.page.markdown import Markdown, escape, link
from app.components.page.selection import select
from app.components.reads.clients import mlflow_store
from app.components.tracking.comparison_table import show_comparison
from app.components.tracking.metric_chart import show_metric_dots
from app.components.tracking.run_table import maker_name, maker_url
from app.engine.tracking.comparison import compare
from app.i18n import _
from workshop.facts import MlflowRun


def show(runs: Sequence[MlflowRun], name: str) -> None:
    """Compare runs, or say what to do when there are fewer than two."""
    st.subheader(_("Compare"), anchor=False)
    if len(runs) < 2:
        words = _("Tick one more run in the table.") if runs else _("Tick two or more runs in the table.")
        st.caption(f":material/check_box: {words}")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        only = st.toggle(_("Differences only"), value=True, key="differences", bind="query-params")
        st.button(_("Clear"), icon=":material/close:", type="tertiary", on_click=select, args=(name, []))
    rows, heads = compare(runs), [run.name for run in runs]
    facts = {
        "MLflow": [link(run.id[:8], mlflow_store().run_url(run)) for run in runs],
        _("Experiment"): [escape(run.experiment) for run in runs],
        _("Made by"): [_maker(run) for run in runs],
    }
    show_comparison(rows, heads, facts, only)
    show_metric_dots(rows, heads, key="runs.dots")


def _maker(run: MlflowRun) -> Markdown:
    url = maker_url(run)
    return link(maker_name(run), url) if url else escape(maker_name(run))
