"""What a step's `check.py` is written against: the evidence that it may ask for, and the verdict that it gives.

A check is a function `def name(evidence: Evidence) -> Verdict` with a one-line docstring, the goal that a
learner reads. It never looks at printed text: it asks `Evidence` what Prefect, Dagster and MLflow recorded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from workshop.facts import Materialization, MlflowRun, ModelVersion, OrchestratorName, Run, RunPhase, Schedule, TaskRun

ProofKind = Literal["run", "task run", "mlflow run", "model version"]


@dataclass(frozen=True)
class Proof:
    """A thing in a service that a verdict rests on. `id` is the service's own; for a model version `name/version`."""

    kind: ProofKind
    id: str
    label: str
    orchestrator: OrchestratorName = ""
    """Of a run: the tool that knows it."""


@dataclass(frozen=True)
class Verdict:
    """Passed, or what to do next."""

    passed: bool
    message: str
    """One sentence: what was found, or what to do next. `Code` between backticks; all else is shown as it is."""
    proofs: tuple[Proof, ...] = ()


def proof_of(fact: Run | TaskRun | MlflowRun | ModelVersion) -> Proof:
    """Name a fact so that a page can link it."""
    match fact:
        case Run():
            return Proof("run", fact.id, fact.name, fact.orchestrator)
        case TaskRun():
            return Proof("task run", fact.id, fact.name)
        case MlflowRun():
            return Proof("mlflow run", fact.id, fact.name)
        case ModelVersion():
            return Proof("model version", f"{fact.name}/{fact.version}", f"{fact.name} v{fact.version}")


def passed(message: str, *facts: Run | TaskRun | MlflowRun | ModelVersion) -> Verdict:
    """Say that a goal is reached and which facts show it."""
    return Verdict(True, message, tuple(proof_of(fact) for fact in facts))


def not_yet(message: str, *facts: Run | TaskRun | MlflowRun | ModelVersion) -> Verdict:
    """Say what to do next; the facts are what was looked at."""
    return Verdict(False, message, tuple(proof_of(fact) for fact in facts))


class Evidence(Protocol):
    """What a check may ask. Every answer is about one learner and one step, newest first."""

    @property
    def learner(self) -> str:
        """Whose work is checked."""

    @property
    def step(self) -> str:
        """Id of the step that is checked."""

    def runs_of(self, orchestrator: OrchestratorName) -> Sequence[Run]:
        """List the runs of one tool that are due, which this learner started from this step, or their schedule did."""

    def flow_runs(self) -> Sequence[Run]:
        """List the Prefect flow runs that are due, which this learner started from this step, or their schedule did."""

    def schedules(self) -> Sequence[Schedule]:
        """List the schedules of this learner's own deployments of this step."""

    def task_runs(self, run: Run) -> Sequence[TaskRun]:
        """List the task runs (Prefect) or asset steps (Dagster) of a run, in the order in which they started."""

    def child_runs(self, run: Run) -> Sequence[Run]:
        """List the flow runs that a Prefect flow run called, in the order in which they were made."""

    def changed_parameters(self, run: Run) -> Mapping[str, object]:
        """List a flow run's parameters that differ from its deployment's defaults; nested ones as `options.seed`."""

    def artifacts(self, run: Run) -> Sequence[str]:
        """List what a flow run left in Prefect for people to read: links and texts as Markdown, tables as JSON."""

    def dagster_runs(self) -> Sequence[Run]:
        """List the Dagster runs that this learner started from this step."""

    def materializations(self, run: Run) -> Sequence[Materialization]:
        """List the assets that a Dagster run stored."""

    def mlflow_runs(self, made_by: Run) -> Sequence[MlflowRun]:
        """List the MLflow runs whose tag names this orchestrator run."""

    def model_versions(self, made_by: MlflowRun) -> Sequence[ModelVersion]:
        """List the registered-model versions whose source is this MLflow run."""


def newest_completed(runs: Sequence[Run]) -> Run | Verdict:
    """Find the newest run that is Completed, or say what to do to get one."""
    for run in runs:
        if run.phase is RunPhase.SUCCEEDED:
            return run
    if not runs:
        return not_yet("There is no flow run of yours yet: press Run.")
    newest = runs[0]
    if not newest.phase.is_final:
        return not_yet(
            f"Flow run {newest.name} is {newest.state}: wait until it is Completed, then check again.", newest
        )
    return not_yet(f"Flow run {newest.name} is {newest.state}: read the last lines of its log, then run again.", newest)
