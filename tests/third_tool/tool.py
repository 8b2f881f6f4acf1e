"""A third tool, as the registry knows it: this folder and one line are all that it takes."""

import ast
from dataclasses import dataclass, field

from app.engine.orchestrators.contract import ApiRequest, Orchestrator, Parameters, Target
from app.engine.orchestrators.parameters import check
from app.engine.orchestrators.tool import Equivalent, Tool
from app.settings import Settings
from tests.third_tool.client import PUBLIC_URL, SimpleClient
from tests.third_tool.service import NAME, STATES, SimpleService


@dataclass(frozen=True, eq=False)
class SimpleTool(Tool):
    """A tool whose service is in this process."""

    service: SimpleService = field(default_factory=SimpleService)

    def connect(self, settings: Settings) -> Orchestrator:  # noqa: ARG002
        return SimpleClient(self.service)

    def public_url(self, settings: Settings) -> str:  # noqa: ARG002
        return PUBLIC_URL

    def target_in(self, definition: ast.stmt, name: str, step: str, folder: str) -> str:  # noqa: ARG002
        return f"{step}.{name}" if isinstance(definition, ast.FunctionDef) else ""

    def check_parameters(self, target: Target, parameters: Parameters) -> None:
        check(target.schema, parameters)

    def equivalents(self, request: ApiRequest, target: Target) -> tuple[Equivalent, ...]:
        text = f"simple run {target.name} --server {request.public_base_url}"
        return (Equivalent("Simple's own command", "bash", text, "It asks nothing."),)


def new_tool() -> SimpleTool:
    """Make the tool with a service that has no run yet."""
    return SimpleTool(
        name=NAME,
        title="Simple",
        run_title="Simple run",
        run_noun="simple run",
        called_runs_title="Simple runs that it called",
        run_states=STATES,
        task_states=STATES,
        being_cancelled="stopping",
        after_cancel="Stopped at once.",
        mlflow_tag="simple.run_id",
        target_must_be="a function",
        schedule_tag="simple/schedule",
    )
