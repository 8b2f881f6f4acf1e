"""Show Models: the versions of a registered model, their metrics, and a comparison."""

from collections.abc import Sequence

import streamlit as st

from app.components.page.errors import explain
from app.components.page.last_known import fetch_or_recall
from app.components.page.markdown import escape
from app.components.page.selection import selected_ids
from app.components.reads.clients import mlflow_store
from app.components.reads.tracking import POLL_SECONDS, fetch_models, fetch_runs_with_ids, fetch_versions
from app.components.tracking import version_comparison
from app.components.tracking.metric_chart import show_metric_over_versions
from app.components.tracking.version_table import show_version_table
from app.engine.tracking.comparison import metric_names
from app.i18n import _
from workshop.facts import ModelVersion

MODEL, METRIC, NAME = "model", "metric", "versions"


def show() -> None:
    """Show the page."""
    st.title(_("Models"), anchor=False)
    st.markdown(_("The versions of each registered model. Tick two or more to compare them."))
    _live()


@st.fragment(run_every=POLL_SECONDS)
def _live() -> None:
    notice = st.empty()
    names = fetch_or_recall("models", fetch_models, notice)
    if names:
        with explain():
            _show_model(_choose(names), notice)
    elif names is not None:
        st.info(
            _("No registered model yet. Run a step that registers one, and its first version appears here by itself."),
            icon=":material/deployed_code:",
        )


def _choose(names: Sequence[str]) -> str:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(_("Registered model"), names, key=MODEL, bind="query-params", width=340)
        st.link_button(_("Open in MLflow"), mlflow_store().model_url(name), icon=":material/open_in_new:")
    return name


def _show_model(name: str, notice: "st.delta_generator.DeltaGenerator") -> None:
    versions = fetch_or_recall(("versions", name), lambda: fetch_versions(name), notice)
    if versions is None:
        return
    ids = tuple(version.run_id for version in versions if version.run_id)
    sources = fetch_or_recall(("sources", ids), lambda: fetch_runs_with_ids(ids), notice) or {}
    _show_aliases(versions)
    if not versions:
        st.info(_("This model has no version yet."), icon=":material/deployed_code:")
        return
    show_version_table(versions, sources, NAME)
    selected = [version for version in versions if version_comparison.id_of(version) in selected_ids(NAME)]
    _show_metric(versions, selected)
    version_comparison.show(selected, sources, NAME)


def _show_aliases(versions: Sequence[ModelVersion]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        for version in reversed(versions):
            for alias in version.aliases:
                label = _("{alias} is version {number:d}").format(alias=escape(alias), number=version.version)
                st.badge(label, icon=":material/sell:", color="violet")
        st.caption(_("Aliases say what a version is for. They replaced the registry's stages, which are deprecated."))


def _show_metric(versions: Sequence[ModelVersion], selected: Sequence[ModelVersion]) -> None:
    metrics = metric_names(versions)
    if not metrics:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader(_("Over the versions"), anchor=False)
        metric = st.selectbox(
            _("Metric"),
            metrics,
            index=metrics.index("roc_auc") if "roc_auc" in metrics else 0,
            key=METRIC,
            bind="query-params",
            width=200,
            label_visibility="collapsed",
        )
    show_metric_over_versions(versions, metric, [version.version for version in selected], key="versions.metric")
