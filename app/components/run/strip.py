"""Link a run to what came out of it: run → MLflow run → model version → alias → predictions."""

import streamlit as st

from app.components.page.errors import explain
from app.components.page.last_known import fetch_or_recall
from app.components.page.markdown import Markdown, escape
from app.components.reads.clients import mlflow_store, orchestrator
from app.components.reads.tracking import Outcome, outcomes
from app.engine.orchestrators.registry import tool_of
from app.i18n import _
from workshop.facts import Run

PREDICTED = "predicted_customers"


def show(run: Run) -> None:
    """Show the strip of one run."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run_strip"):
        _link(
            Markdown(f"{escape(tool_of(run).run_title)} {escape(run.name)}"),
            orchestrator(run.orchestrator).run_url(run.id),
            ":material/play_circle:",
        )
        notice = st.empty()
        with explain():
            for outcome in fetch_or_recall(("outcomes", run.id), lambda: outcomes(run), notice, again=True) or []:
                _show_outcome(outcome)


def _show_outcome(outcome: Outcome) -> None:
    store = mlflow_store()
    _arrow()
    label = Markdown(_("MLflow run {name}").format(name=escape(outcome.run.name)))
    _link(label, store.run_url(outcome.run), ":material/science:")
    for version in outcome.versions:
        _arrow()
        words = _("{name} version {number:d}")
        label = Markdown(words.format(name=escape(version.name), number=version.version))
        _link(label, store.version_url(version), ":material/deployed_code:")
        for alias in version.aliases:
            st.badge(escape(f"@{alias}"), icon=":material/sell:", color="violet")
    if PREDICTED in outcome.run.metrics:
        _arrow()
        count = f"{outcome.run.metrics[PREDICTED]:,.0f}"
        st.badge(_("{count} predictions").format(count=count), icon=":material/groups:", color="green")


def _arrow() -> None:
    st.markdown(":material/arrow_forward:", width="content")


def _link(label: Markdown, url: str, icon: str) -> None:
    st.link_button(label, url, icon=icon)
