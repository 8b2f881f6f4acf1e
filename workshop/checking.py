"""What a step's `check.py` is written against: the evidence that it may ask for, and the verdict that it gives.

A check is a function `def name(evidence: Evidence) -> Verdict` with a one-line docstring, the goal that a
learner reads. It returns `passed(…)`, or raises `NotYet(…)` from wherever it learns what is missing. It never looks at
printed text: it asks `Evidence` what Prefect, Dagster and MLflow recorded.

A sentence is a template, and its values are given by name, as in `NotYet("{task} ran once.", run, task=task.name)`.
So it can be translated, and its values cannot.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from workshop.facts import Materialization, MlflowRun, ModelVersion, OrchestratorName, Run, RunPhase, Schedule, TaskRun

ProofKind = Literal["run", "task run", "mlflow run", "model version"]


@dataclass(frozen=True)
class Proof:
    """A thing in a service that a verdict rests on.

    `id` is the service's own, and `name/version` for a model version.
    """

    kind: ProofKind
    id: str
    label: str
    orchestrator: OrchestratorName = ""
    """Of a run: the tool that knows it."""


Fact = Run | TaskRun | MlflowRun | ModelVersion


@dataclass(frozen=True)
class Verdict:
    """Passed, or what to do next."""

    passed: bool
    template: str
    """One sentence: what was seen, or what to do next. `Code` between backticks; all else is shown as it is."""
    values: Mapping[str, object] = field(default_factory=dict)
    """What stands in place of the names in the template."""
    proofs: tuple[Proof, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a template whose values are missing."""
        self.template.format(**self.values)

    @property
    def message(self) -> str:
        """The sentence with its values."""
        return self.template.format(**self.values)


class NotYet(Exception):
    """A goal is not reached: says what to do next, and which facts were looked at."""

    def __init__(self, template: str, *facts: Fact, **values: object) -> None:
        self.verdict = Verdict(False, template, values, tuple(proof_of(fact) for fact in facts))
        super().__init__(self.verdict.message)


def proof_of(fact: Fact) -> Proof:
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


def passed(template: str, *facts: Fact, **values: object) -> Verdict:
    """Say that a goal is reached and which facts show it."""
    return Verdict(True, template, values, tuple(proof_of(fact) for fact in facts))


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
        """List a flow run's parameters that differ from its deployment's defaults.

        A nested one is named like `options.seed`.
        """

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


def judge(check: Callable[[Evidence], Verdict], evidence: Evidence) -> Verdict:
    """Ask a check for its verdict."""
    try:
        return check(evidence)
    except NotYet as not_yet:
        return not_yet.verdict


@dataclass(frozen=True)
class RunWords:
    """What to say of a tool's runs while none has succeeded.

    `{run}` is its name, `{state}` the tool's own word.
    """

    none: str
    unfinished: str
    failed: str


FLOW_RUNS = RunWords(
    "There is no flow run of yours yet: press Run.",
    "Flow run {run} is {state}: wait until it is Completed, then check again.",
    "Flow run {run} is {state}: read the last lines of its log, then run again.",
)
DAGSTER_RUNS = RunWords(
    "There is no Dagster run of yours yet: press Run.",
    "Run {run} is {state}: wait until it is SUCCESS, then check again.",
    "Run {run} is {state}: read the last lines of its log, then run again.",
)


def newest_succeeded(runs: Sequence[Run], words: RunWords = FLOW_RUNS) -> Run:
    """Find the newest run that succeeded.

    Raises:
        NotYet: there is none; says what to do to get one.
    """
    for run in runs:
        if run.phase is RunPhase.SUCCEEDED:
            return run
    if not runs:
        raise NotYet(words.none)
    newest = runs[0]
    template = words.failed if newest.phase.is_final else words.unfinished
    raise NotYet(template, newest, run=newest.name, state=newest.state)
