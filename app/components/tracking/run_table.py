"""Show MLflow runs as a table, with their makers, metrics, params and links."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app.components.page.markdown import code
from app.components.page.selection import show_selectable
from app.components.reads.clients import mlflow_store, orchestrator
from app.engine.orchestrators.registry import tool_named
from app.engine.tracking.client import maker_of
from app.engine.tracking.comparison import better, metric_names, param_names
from app.i18n import _
from workshop.facts import MlflowRun
from workshop.naming import ENDED_BECAUSE_TAG

STATUS_COLORS = {"FINISHED": "green", "RUNNING": "blue", "SCHEDULED": "gray", "FAILED": "red", "KILLED": "orange"}
FIRST_EIGHT = r"/([^/]{8})[^/]*$"


def show_run_table(runs: Sequence[MlflowRun], name: str) -> None:
    """Show runs as rows that can be selected under this name."""
    metrics, params = metric_names(runs), param_names(runs)
    frame = pd.DataFrame([_cells(run) for run in runs])
    config = _columns() | metric_columns(metrics, runs) | param_columns(params)
    order = ["run", "status", "maker", "maker_url", *metrics_ids(metrics), *params_ids(params)]
    order += ["experiment", "started", "seconds", "url"]
    order += ["ended_because"] if any(ENDED_BECAUSE_TAG in run.tags for run in runs) else []
    show_selectable(
        frame, [run.id for run in runs], name, column_config=config, column_order=order, placeholder="–", height=388
    )


def maker_name(run: MlflowRun) -> str:
    """Say who made a run: a tool, or a person."""
    maker = maker_of(run)
    return tool_named(maker[0]).title if maker else _("By hand")


def maker_url(run: MlflowRun) -> str | None:
    """Give the URL of the orchestrator's run that made this one, or None."""
    maker = maker_of(run)
    return orchestrator(maker[0]).run_url(maker[1]) if maker else None


def metrics_ids(names: Sequence[str]) -> list[str]:
    """Name the columns of metrics as MLflow's filter language does."""
    return [f"metrics.{name}" for name in names]


def params_ids(names: Sequence[str]) -> list[str]:
    """Name the columns of params as MLflow's filter language does."""
    return [f"params.{name}" for name in names]


def metric_columns(names: Sequence[str], things: Sequence[Any]) -> dict[str, Any]:
    """Describe a column for each metric. Its help says how to filter by it."""
    return {f"metrics.{name}": _metric_column(name, _is_count(name, things)) for name in names}


def param_columns(names: Sequence[str]) -> dict[str, Any]:
    """Describe a column for each param. Its help says how to filter by it."""
    return {f"params.{name}": st.column_config.TextColumn(name, help=code(f"params.{name}")) for name in names}


def measured(thing: Any) -> dict[str, object]:
    """Give the metrics and params of a run or a version as cells."""
    metrics = {f"metrics.{name}": value for name, value in thing.metrics.items()}
    return metrics | {f"params.{name}": value for name, value in thing.params.items()}


def _is_count(name: str, things: Sequence[Any]) -> bool:
    values = [thing.metrics[name] for thing in things if name in thing.metrics]
    return all(float(value).is_integer() for value in values) and max(values, default=0) > 1


def _metric_column(name: str, is_count: bool) -> Any:
    words = {"higher": _("Higher is better."), "lower": _("Lower is better."), None: ""}[better(name)]
    in_filters = code(f"metrics.{name}")
    return st.column_config.NumberColumn(name, format="%d" if is_count else "%.3f", help=f"{in_filters} {words}")


def _cells(run: MlflowRun) -> dict[str, object]:
    return {
        "run": run.name,
        "status": [run.status],
        "maker": maker_name(run),
        "maker_url": maker_url(run),
        "experiment": run.experiment,
        "started": run.started,
        "seconds": run.seconds,
        "url": mlflow_store().run_url(run),
        "ended_because": run.tags.get(ENDED_BECAUSE_TAG),
        **measured(run),
    }


def _columns() -> dict[str, Any]:
    column = st.column_config
    return {
        "run": column.TextColumn(_("Run"), pinned=True, width=180),
        "status": column.MultiselectColumn(
            _("Status"), options=list(STATUS_COLORS), color=list(STATUS_COLORS.values()), width=100
        ),
        "maker": column.TextColumn(_("Made by"), width=80, help=_("The orchestrator whose run made this MLflow run.")),
        "maker_url": column.LinkColumn(_("Flow or job run"), display_text=FIRST_EIGHT, width=110),
        "experiment": column.TextColumn(_("Experiment")),
        "started": column.DatetimeColumn(_("Started"), format="D MMM, HH:mm", timezone=st.context.timezone),
        "seconds": column.NumberColumn(_("Seconds"), format="%.1f"),
        "url": column.LinkColumn("MLflow", display_text=":material/open_in_new:", width=70),
        "ended_because": column.TextColumn(_("Ended because")),
    }
