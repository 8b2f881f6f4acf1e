"""What a step's `check.py` is written against: facts found in the services, and the verdict it gives.

A check is a function `def name(evidence: Evidence) -> Verdict` with a one-line docstring, the goal that a
learner reads. It never looks at printed text: it asks `Evidence` what Prefect, Dagster and MLflow recorded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

OrchestratorName = Literal["prefect", "dagster"]


class Phase(StrEnum):
    """The six words that both orchestrators' states are sorted into; each state keeps its own name beside it."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen."""
        return self in (Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED)


class _Times(Protocol):
    @property
    def started(self) -> datetime | None: ...

    @property
    def ended(self) -> datetime | None: ...


class _Timed:
    @property
    def seconds(self: _Times) -> float | None:
        """How long it took; None until it has ended, or when it never began."""
        return (self.ended - self.started).total_seconds() if self.started and self.ended else None


@dataclass(frozen=True)
class Run(_Timed):
    """One Prefect flow run or Dagster run."""

    orchestrator: OrchestratorName
    id: str
    name: str
    target: str
    """The deployment (`flow/deployment`) or the job."""
    state: str
    """The orchestrator's own word: Completed, AwaitingRetry, STARTED …"""
    phase: Phase
    due: datetime
    """When it was to start: at the click, or when its schedule says."""
    started: datetime | None = None
    ended: datetime | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    """`workshop/learner`, `…/step`, `…/click`, `…/code` and the tool's own; a tag without a value maps to ""."""
    message: str = ""
    """What the orchestrator says of the current state, for example why the run failed."""
    schedule_id: str = ""
    """The Prefect schedule that made the run; empty for a click."""


@dataclass(frozen=True)
class Attempt(_Timed):
    """One attempt of a task run."""

    number: int
    """From 1."""
    state: str
    phase: Phase
    started: datetime
    ended: datetime | None = None


@dataclass(frozen=True)
class TaskRun(_Timed):
    """One Prefect task run, or one step (asset) of a Dagster run."""

    id: str
    name: str
    state: str
    phase: Phase
    started: datetime | None = None
    ended: datetime | None = None
    upstream: tuple[str, ...] = ()
    """Ids of the task runs whose results were inputs of this one."""
    attempts: tuple[Attempt, ...] = ()
    """Every attempt, oldest first; empty while the task run waits."""
    retries: int = 0
    """How many more attempts Prefect would have made; Dagster's steps have none here."""
    retry_delays: tuple[float, ...] = ()
    """Seconds that the code asks Prefect to wait before each retry; one number is for all of them."""
    result_key: str = ""
    """Prefect's name for the stored result, made by the cache policy; empty when the result was not stored."""
    result_expires: datetime | None = None
    """Until when the stored result may be taken; None is for ever."""

    @property
    def waits(self) -> tuple[float, ...]:
        """Seconds between the end of each attempt and the start of the next."""
        pairs = zip(self.attempts, self.attempts[1:], strict=False)
        return tuple((later.started - earlier.ended).total_seconds() for earlier, later in pairs if earlier.ended)


@dataclass(frozen=True)
class Schedule:
    """One schedule of a deployment or job."""

    id: str
    words: str
    """The schedule as its tool writes it: `every 120 s`, `0 6 * * *`."""
    is_active: bool
    next_at: tuple[datetime, ...] = ()
    target: str = ""
    """The deployment (`flow/deployment`) or the job."""
    learner: str = ""
    """Whose deployment it is; empty for one that is everybody's."""


@dataclass(frozen=True)
class Materialization:
    """One asset that one Dagster run stored."""

    asset_key: tuple[str, ...]
    run_id: str
    at: datetime
    metadata: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class MlflowRun(_Timed):
    """One MLflow run. Dates are UTC."""

    id: str
    name: str
    experiment: str
    experiment_id: str
    status: str
    started: datetime
    ended: datetime | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelVersion:
    """One version of a registered model, with the params and metrics of the run that made it."""

    name: str
    version: int
    run_id: str
    created: datetime
    aliases: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)


ProofKind = Literal["flow run", "task run", "dagster run", "mlflow run", "model version"]


@dataclass(frozen=True)
class Proof:
    """A thing in a service that a verdict rests on. `id` is the service's own; for a model version `name/version`."""

    kind: ProofKind
    id: str
    label: str


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
        case Run(orchestrator="prefect"):
            return Proof("flow run", fact.id, fact.name)
        case Run():
            return Proof("dagster run", fact.id, fact.name)
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
        if run.phase is Phase.SUCCEEDED:
            return run
    if not runs:
        return not_yet("There is no flow run of yours yet: press Run.")
    newest = runs[0]
    if not newest.phase.is_final:
        return not_yet(
            f"Flow run {newest.name} is {newest.state}: wait until it is Completed, then check again.", newest
        )
    return not_yet(f"Flow run {newest.name} is {newest.state}: read the last lines of its log, then run again.", newest)
