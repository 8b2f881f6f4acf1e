"""Ask the services what one learner did in one step: the `Evidence` that checks are written against."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from app.engine.answers import SILENT_SECONDS
from app.engine.errors import ServiceDown
from app.engine.orchestrators.contract import Orchestrator
from app.engine.orchestrators.parameters import changed, defaults
from app.engine.tracking.client import MlflowStore
from workshop.facts import Materialization, MlflowRun, ModelVersion, OrchestratorName, Run, Schedule, TaskRun
from workshop.naming import LEARNER_TAG, STEP_TAG

Value = TypeVar("Value")


@dataclass(frozen=True)
class ServiceEvidence:
    """Evidence read from the running services. A service that is down raises `ServiceDown`.

    One that let a check wait for nothing is not asked again at once: the other checks would wait as long.
    """

    learner: str
    step: str
    orchestrators: Mapping[OrchestratorName, Orchestrator]
    mlflow: MlflowStore
    _silent: dict[str, tuple[float, ServiceDown]] = field(default_factory=dict)

    @property
    def _tags(self) -> dict[str, str]:
        return {LEARNER_TAG: self.learner, STEP_TAG: self.step}

    def runs_of(self, orchestrator: OrchestratorName) -> Sequence[Run]:
        """List this learner's runs of this step in one tool, newest first."""
        return self._ask(orchestrator, lambda: self.orchestrators[orchestrator].runs(self._tags))

    def flow_runs(self) -> Sequence[Run]:
        """List this learner's Prefect flow runs of this step, newest first."""
        return self.runs_of("prefect")

    def dagster_runs(self) -> Sequence[Run]:
        """List this learner's Dagster runs of this step, newest first."""
        return self.runs_of("dagster")

    def schedules(self) -> Sequence[Schedule]:
        """List the schedules of this learner's own deployments of this step."""
        schedulers = {name: client.scheduler for name, client in self.orchestrators.items()}
        return [
            schedule
            for name, scheduler in schedulers.items()
            if scheduler
            for schedule in self._ask(name, partial(scheduler.schedules, self._tags))
        ]

    def task_runs(self, run: Run) -> Sequence[TaskRun]:
        """List the task runs or asset steps of a run."""
        return self._ask_about(run, lambda client: client.tasks(run.id))

    def child_runs(self, run: Run) -> Sequence[Run]:
        """List the runs that a run called, in the order in which they were made."""
        return self._ask_about(run, lambda client: client.child_runs(run.id))

    def changed_parameters(self, run: Run) -> Mapping[str, object]:
        """List the parameters of a run that differ from its target's defaults."""
        if not run.target:
            return {}
        target = self._ask_about(run, lambda client: client.target(run.target))
        return changed(defaults(target.schema), dict(run.parameters))

    def artifacts(self, run: Run) -> Sequence[str]:
        """List the links, tables and texts that a run left for people to read."""
        return self._ask_about(run, lambda client: client.artifacts(run.id))

    def materializations(self, run: Run) -> Sequence[Materialization]:
        """List the assets that a run stored."""
        return self._ask_about(run, lambda client: client.materializations(run.id))

    def mlflow_runs(self, made_by: Run) -> Sequence[MlflowRun]:
        """List the MLflow runs whose tag names this orchestrator run."""
        return self._ask("mlflow", lambda: self.mlflow.runs_made_by(made_by))

    def model_versions(self, made_by: MlflowRun) -> Sequence[ModelVersion]:
        """List the model versions that came out of this MLflow run."""
        return self._ask("mlflow", lambda: self.mlflow.versions_of_run(made_by.id))

    def _ask_about(self, run: Run, question: Callable[[Orchestrator], Value]) -> Value:
        return self._ask(run.orchestrator, lambda: question(self.orchestrators[run.orchestrator]))

    def _ask(self, service: str, question: Callable[[], Value]) -> Value:
        since, silence = self._silent.get(service, (0.0, None))
        if silence and time.monotonic() - since < SILENT_SECONDS:
            raise silence.with_traceback(None)
        try:
            return question()
        except ServiceDown as error:
            self._silent[service] = time.monotonic(), error
            raise
