"""Show selected model versions side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from app.components.page.markdown import Markdown, escape, link
from app.components.page.selection import select
from app.components.reads.clients import mlflow_store
from app.components.tracking.comparison_table import show_comparison
from app.components.tracking.metric_chart import show_metric_dots
from app.engine.tracking.comparison import compare
from app.i18n import _
from workshop.facts import MlflowRun, ModelVersion


def id_of(version: ModelVersion) -> str:
    """Name a version in the URL by its model and number.

    A number alone would mean another version after a change of model.
    """
    return f"{version.name}/{version.version}"


def show(versions: Sequence[ModelVersion], sources: Mapping[str, MlflowRun], name: str) -> None:
    """Compare versions, with the tags of their source runs."""
    st.subheader(_("Compare"), anchor=False)
    if len(versions) < 2:
        words = _("Tick one more version in the table.") if versions else _("Tick two or more versions in the table.")
        st.caption(f":material/check_box: {words}")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        only = st.toggle(_("Differences only"), value=True, key="differences", bind="query-params")
        st.button(_("Clear"), icon=":material/close:", type="tertiary", on_click=select, args=(name, []))
    rows = compare([_with_source_tags(version, sources) for version in versions])
    heads = [f"v{version.version}" for version in versions]
    facts = {
        "MLflow": [link(f"v{version.version}", mlflow_store().version_url(version)) for version in versions],
        _("Aliases"): [_aliases(version) for version in versions],
        _("Source run"): [_source(sources.get(version.run_id)) for version in versions],
    }
    show_comparison(rows, heads, facts, only)
    show_metric_dots(rows, heads, key="versions.dots")


def _with_source_tags(version: ModelVersion, sources: Mapping[str, MlflowRun]) -> ModelVersion:
    source = sources.get(version.run_id)
    return replace(version, tags={**(source.tags if source else {}), **version.tags})


def _aliases(version: ModelVersion) -> Markdown:
    return Markdown(" ".join(f":violet-badge[{escape(alias)}]" for alias in version.aliases) or "–")


def _source(run: MlflowRun | None) -> Markdown:
    return link(run.name, mlflow_store().run_url(run)) if run else Markdown("–")
