"""Dagster, as far as it is known without asking it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.engine.errors import InvalidParameters
from app.engine.orchestrators.contract import ApiRequest, Orchestrator, Parameters, Target
from app.engine.orchestrators.dagster.equivalents import as_command, as_python
from app.engine.orchestrators.dagster.states import BEING_CANCELLED, RUN_STATUSES, STEP_STATUSES
from app.engine.orchestrators.tool import Equivalent, Tool
from workshop.naming import DAGSTER_RUN_TAG, job_name, step_job

if TYPE_CHECKING:
    from app.settings import Settings


@dataclass(frozen=True, eq=False)
class DagsterTool(Tool):
    """Dagster: a step runs a job, and each learner has one of their own."""

    def connect(self, settings: Settings) -> Orchestrator:
        """Make a client of Dagster."""
        from app.engine.orchestrators.dagster.client import Dagster  # who reads a step needs none of its libraries

        return Dagster(settings.internal_url(self.name), settings.public_url(self.name))

    def target_in(self, definition: ast.stmt, name: str, step: str, folder: str) -> str:  # noqa: ARG002
        """Name the job, as the code does: what kind of thing a name is, Dagster alone can tell."""
        return step_job(name, folder)

    def target_of(self, target: str, learner: str) -> str:
        """Name a learner's own job."""
        return job_name(target, learner)

    def check_parameters(self, target: Target, parameters: Parameters) -> None:
        """Compare the values of each op with the schema of its own Config class."""
        from app.engine.orchestrators.parameters import check

        problems: dict[str, str] = {}
        schemas = target.schema["properties"]
        for op, values in parameters.items():
            if op not in schemas:
                problems[op] = "this job has no such op."
                continue
            try:
                check(schemas[op], values)
            except InvalidParameters as error:
                problems |= {f"{op}.{name}": problem for name, problem in error.problems.items()}
        if problems:
            raise InvalidParameters(problems)

    def equivalents(self, request: ApiRequest, target: Target) -> tuple[Equivalent, ...]:  # noqa: ARG002
        """Write what does the same in Dagster's Python client and in its command line."""
        return (
            Equivalent("Python: equivalent", "python", as_python(request)),
            Equivalent("CLI: equivalent", "bash", as_command(request)),
        )


DAGSTER = DagsterTool(
    name="dagster",
    title="Dagster",
    run_title="Dagster run",
    run_noun="Dagster run",
    called_runs_title="Dagster runs that it called",
    run_states=RUN_STATUSES,
    task_states=STEP_STATUSES,
    being_cancelled=BEING_CANCELLED,
    after_cancel="Cancelled.",
    mlflow_tag=DAGSTER_RUN_TAG,
    target_must_be="the name of a job",
    schedule_tag="dagster/schedule_name",
)
