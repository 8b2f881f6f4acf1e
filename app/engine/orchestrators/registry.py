"""The tools that the panel knows. A new one is a folder beside this file, and a line here."""

from app.engine.orchestrators.dagster.tool import DAGSTER
from app.engine.orchestrators.prefect.tool import PREFECT
from app.engine.orchestrators.tool import Tool
from workshop.facts import OrchestratorName, Run

TOOLS: dict[OrchestratorName, Tool] = {
    tool.name: tool
    for tool in (
        PREFECT,
        DAGSTER,
    )
}
"""By name, in the order in which pages list them."""


def tool_named(name: OrchestratorName) -> Tool:
    """Find a tool by its name."""
    return TOOLS[name]


def tool_of(run: Run) -> Tool:
    """Find the tool that a run belongs to."""
    return TOOLS[run.orchestrator]


def mlflow_tags() -> dict[OrchestratorName, str]:
    """Map each tool to the tag of an MLflow run that names the run which made it."""
    return {name: tool.mlflow_tag for name, tool in TOOLS.items()}
