"""Ask the services what one learner did in one step: the `Evidence` that checks are written against."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from app.engine.answers import SILENT_SECONDS
from app.engine.errors import ServiceDown
from app.engine.orchestrators.dagster.client import Dagster
from app.engine.orchestrators.parameters import changed, defaults
from app.engine.orchestrators.prefect.client import Prefect
from app.engine.tracking.client import MlflowStore
from workshop.facts import Materialization, MlflowRun, ModelVersion, Run, Schedule, TaskRun
from workshop.naming import LEARNER_TAG, STEP_TAG

Value = TypeVar("Value")


@dataclass(frozen=True)
class ServiceEvidence:
    """Evidence read from the running services; a service that is down raises `ServiceDown`.

    One that let a check wait in vain is not asked again at once: the other checks would wait as long.
    """

    learner: str
    step: str
    prefect: Prefect
    dagster: Dagster
    mlflow: MlflowStore
    _silent: dict[str, tuple[float, ServiceDown]] = field(default_factory=dict)

    @property
    def _tags(self) -> dict[str, str]:
        return {LEARNER_TAG: self.learner, STEP_TAG: self.step}

    def flow_runs(self) -> Sequence[Run]:
        """List this learner's flow runs of this step, newest first."""
        return self._ask("prefect", lambda: self.prefect.runs(self._tags))

    def schedules(self) -> Sequence[Schedule]:
        """List the schedules of this learner's own deployments of this step."""
        return self._ask("prefect", lambda: self.prefect.schedules(self._tags))

    def dagster_runs(self) -> Sequence[Run]:
        """List this learner's Dagster runs of this step, newest first."""
        return self._ask("dagster", lambda: self.dagster.runs(self._tags))

    def task_runs(self, run: Run) -> Sequence[TaskRun]:
        """List the task runs or asset steps of a run."""
        client = self.prefect if run.orchestrator == "prefect" else self.dagster
        return self._ask(run.orchestrator, lambda: client.tasks(run.id))

    def child_runs(self, run: Run) -> Sequence[Run]:
        """List the flow runs that a flow run called, in the order in which they were made."""
        return self._ask("prefect", lambda: self.prefect.child_runs(run.id))

    def changed_parameters(self, run: Run) -> Mapping[str, object]:
        """List the parameters of a flow run that differ from its deployment's defaults."""
        if not run.target:
            return {}
        target = self._ask("prefect", lambda: self.prefect.target(run.target))
        return changed(defaults(target.schema), dict(run.parameters))

    def artifacts(self, run: Run) -> Sequence[str]:
        """List the links, tables and texts that a flow run left in Prefect."""
        return self._ask("prefect", lambda: self.prefect.artifacts(run.id))

    def materializations(self, run: Run) -> Sequence[Materialization]:
        """List the assets that a Dagster run stored."""
        return self._ask("dagster", lambda: self.dagster.materializations(run.id))

    def mlflow_runs(self, made_by: Run) -> Sequence[MlflowRun]:
        """List the MLflow runs whose tag names this orchestrator run."""
        return self._ask("mlflow", lambda: self.mlflow.runs_made_by(made_by))

    def model_versions(self, made_by: MlflowRun) -> Sequence[ModelVersion]:
        """List the model versions that came out of this MLflow run."""
        return self._ask("mlflow", lambda: self.mlflow.versions_of_run(made_by.id))

    def _ask(self, service: str, question: Callable[[], Value]) -> Value:
        since, silence = self._silent.get(service, (0.0, None))
        if silence and time.monotonic() - since < SILENT_SECONDS:
            raise silence.with_traceback(None)
        try:
            return question()
        except ServiceDown as error:
            self._silent[service] = time.monotonic(), error
            raise
