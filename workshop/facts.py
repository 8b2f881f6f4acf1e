"""What the services tell: runs, tasks, schedules, assets and models, as plain facts.

Prefect, Dagster and MLflow have words of their own. Here the same thing has the same shape for every tool.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

OrchestratorName = str
"""The name of a tool that runs things, as a step's front matter writes it."""


class RunPhase(StrEnum):
    """The six words that the states of every tool are sorted into. A run keeps the tool's own word, too."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen."""
        return self in (RunPhase.SUCCEEDED, RunPhase.FAILED, RunPhase.CANCELLED)


class _Times(Protocol):
    @property
    def started(self) -> datetime | None: ...

    @property
    def ended(self) -> datetime | None: ...


class _Timed:
    @property
    def seconds(self: _Times) -> float | None:
        """How long it took, or None until it has ended or when it never began."""
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
    phase: RunPhase
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
    phase: RunPhase
    started: datetime
    ended: datetime | None = None


@dataclass(frozen=True)
class TaskRun(_Timed):
    """One Prefect task run, or one step (asset) of a Dagster run."""

    id: str
    name: str
    state: str
    phase: RunPhase
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
    orchestrator: OrchestratorName = ""
    """Whose schedule it is."""


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
