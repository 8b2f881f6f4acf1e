"""Evidence kept in memory: what the services would have recorded, written down by a test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from workshop.facts import Materialization, MlflowRun, ModelVersion, OrchestratorName, Run, RunPhase, Schedule, TaskRun

NOW = datetime(2026, 1, 1, tzinfo=UTC)
METRICS = {"accuracy": 0.8, "majority_rate": 0.7, "f1": 0.5, "roc_auc": 0.8, "pr_auc": 0.6, "log_loss": 0.4}


@dataclass
class RecordedEvidence:
    """All that happened belongs to one run."""

    runs: Sequence[Run] = ()
    tasks: Sequence[TaskRun] = ()
    assets: Sequence[Materialization] = ()
    tracked: Sequence[MlflowRun] = ()
    versions: Sequence[ModelVersion] = ()
    children: Sequence[Run] = ()
    planned: Sequence[Schedule] = ()
    links: Sequence[str] = ()
    tasks_by_run: Mapping[str, Sequence[TaskRun]] = field(default_factory=dict)
    learner: str = "me"
    step: str = field(default="any")

    def runs_of(self, orchestrator: OrchestratorName) -> Sequence[Run]:
        return [run for run in self.runs if run.orchestrator == orchestrator]

    def flow_runs(self) -> Sequence[Run]:
        return self.runs_of("prefect")

    def dagster_runs(self) -> Sequence[Run]:
        return self.runs_of("dagster")

    def task_runs(self, run: Run) -> Sequence[TaskRun]:
        return self.tasks_by_run.get(run.id, self.tasks) if run in self.runs else ()

    def artifacts(self, run: Run) -> Sequence[str]:
        return self.links if run in self.runs else ()

    def materializations(self, run: Run) -> Sequence[Materialization]:
        return [asset for asset in self.assets if asset.run_id == run.id]

    def schedules(self) -> Sequence[Schedule]:
        return self.planned

    def child_runs(self, run: Run) -> Sequence[Run]:
        return self.children if run in self.runs else ()

    def changed_parameters(self, run: Run) -> Mapping[str, object]:
        return run.parameters

    def mlflow_runs(self, made_by: Run) -> Sequence[MlflowRun]:
        return self.tracked if made_by in self.runs else ()

    def model_versions(self, made_by: MlflowRun) -> Sequence[ModelVersion]:
        return [version for version in self.versions if version.run_id == made_by.id]


def run_in(phase: RunPhase, orchestrator: OrchestratorName = "prefect") -> Run:
    return Run(orchestrator, "r1", "calm-owl", "flow/step", phase.value.title(), phase, NOW)


def task(id: str, *upstream: str) -> TaskRun:
    return TaskRun(id, f"{id}-abc", "Completed", RunPhase.SUCCEEDED, NOW, NOW, upstream)


def tracked(metrics: dict[str, float] | None = None, **params: str) -> MlflowRun:
    logged = METRICS | {"predicted_customers": 5000} if metrics is None else metrics
    return MlflowRun("m1", "forest", "e", "1", "FINISHED", NOW, NOW, params or {"customers": "5000"}, logged)


VERSION = ModelVersion("churn-predictor", 3, "m1", NOW)
