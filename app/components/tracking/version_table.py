"""Show the versions of a registered model as a table."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app.components.page.selection import show_selectable
from app.components.reads.clients import mlflow_store
from app.components.tracking.run_table import (
    maker_name,
    measured,
    metric_columns,
    metrics_ids,
    param_columns,
    params_ids,
)
from app.components.tracking.version_comparison import id_of
from app.engine.tracking.comparison import metric_names, param_names
from app.i18n import _
from workshop.facts import MlflowRun, ModelVersion


def show_version_table(versions: Sequence[ModelVersion], sources: Mapping[str, MlflowRun], name: str) -> None:
    """Show versions as rows that can be selected under this name.

    `sources` maps run ids to runs.
    """
    metrics, params = metric_names(versions), param_names(versions)
    frame = pd.DataFrame([_cells(version, sources.get(version.run_id)) for version in versions])
    order = ["version", "aliases", *metrics_ids(metrics), *params_ids(params)]
    order += ["tags", "created", "maker", "source", "url"]
    aliases = sorted({alias for version in versions for alias in version.aliases})
    config = _columns(aliases) | metric_columns(metrics, versions) | param_columns(params)
    ids = [id_of(version) for version in versions]
    show_selectable(frame, ids, name, column_config=config, column_order=order, placeholder="–")


def _cells(version: ModelVersion, source: MlflowRun | None) -> dict[str, object]:
    store = mlflow_store()
    return {
        "version": f"v{version.version}",
        "aliases": list(version.aliases),
        "tags": [f"{key}: {value}" for key, value in version.tags.items()],
        "created": version.created,
        "maker": maker_name(source) if source else None,
        "source": store.run_url(source) if source else None,
        "url": store.version_url(version),
        **measured(version),
    }


def _columns(aliases: Sequence[str]) -> dict[str, Any]:
    column = st.column_config
    return {
        "version": column.TextColumn(_("Version"), pinned=True, width=80),
        "aliases": column.MultiselectColumn(_("Aliases"), options=list(aliases), color="violet", width=150),
        "tags": column.ListColumn(_("Tags")),
        "created": column.DatetimeColumn(_("Created"), format="D MMM, HH:mm", timezone=st.context.timezone),
        "maker": column.TextColumn(_("Made by"), width=80),
        "source": column.LinkColumn(_("Source run"), display_text=r"/runs/(.{8})", width=110),
        "url": column.LinkColumn("MLflow", display_text=":material/open_in_new:", width=70),
    }
