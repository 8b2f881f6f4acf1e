"""Prefect, as far as it is known without asking it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.engine.orchestrators.contract import ApiRequest, Orchestrator, Parameters, Target
from app.engine.orchestrators.prefect.equivalents import REPEATED, as_command, as_python
from app.engine.orchestrators.prefect.errors_in_logs import error_in
from app.engine.orchestrators.prefect.states import BEING_CANCELLED, STATE_TYPES
from app.engine.orchestrators.tool import Equivalent, Tool
from workshop.naming import PREFECT_RUN_TAG

if TYPE_CHECKING:
    from app.settings import Settings


@dataclass(frozen=True, eq=False)
class PrefectTool(Tool):
    """Prefect: a step runs a deployment, `flow/step`, which belongs to everybody."""

    def connect(self, settings: Settings) -> Orchestrator:
        """Make a client of Prefect."""
        from app.engine.orchestrators.prefect.client import Prefect  # who reads a step needs none of its libraries

        return Prefect(settings.internal_url(self.name), settings.public_url(self.name), settings.work_pool)

    def target_in(self, definition: ast.stmt, name: str, step: str, folder: str) -> str:  # noqa: ARG002
        """Name the deployment of a flow: `flow/step`, or an empty text when this is no flow."""
        flow = flow_name(definition)
        return f"{flow}/{step}" if flow else ""

    def check_parameters(self, target: Target, parameters: Parameters) -> None:
        """Compare values with the flow's schema."""
        from app.engine.orchestrators.parameters import check

        check(target.schema, parameters)

    def equivalents(self, request: ApiRequest, target: Target) -> tuple[Equivalent, ...]:
        """Write what does the same in Prefect's Python client and in its command line."""
        return (
            Equivalent("Python: equivalent", "python", as_python(request, target)),
            Equivalent("CLI: equivalent", "bash", as_command(request, target), REPEATED),
        )

    def error_in(self, messages: Sequence[str]) -> str:
        """Find the exception in the log lines of an attempt that failed, or an empty text when no line names one."""
        return error_in(messages)


def flow_name(function: ast.stmt) -> str | None:
    """Give the name under which Prefect knows a function decorated with `@flow`, or None when it is not a flow."""
    for decorator in getattr(function, "decorator_list", []):
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        if ast.unparse(call).split(".")[-1] != "flow":
            continue
        keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
        for keyword in keywords:
            if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                return str(keyword.value.value)
        return str(getattr(function, "name", "")).replace("_", "-")
    return None


PREFECT = PrefectTool(
    name="prefect",
    title="Prefect",
    run_title="Flow run",
    run_noun="flow run",
    called_runs_title="Flow runs that it called",
    run_states=STATE_TYPES,
    task_states=STATE_TYPES,
    being_cancelled=BEING_CANCELLED,
    after_cancel="Cancelled, and its process has ended.",
    mlflow_tag=PREFECT_RUN_TAG,
    target_must_be="decorated with @flow",
    schedule_tag="auto-scheduled",
)
