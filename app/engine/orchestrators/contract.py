"""What the engine returns. Facts about runs and models are those of `workshop.facts`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from workshop.facts import Materialization, OrchestratorName, Run, Schedule, TaskRun

MOST_LOG_LINES = 2_000
"""Of a longer log the panel reads the end. The whole is in the tool's own UI."""
OLDEST_UNFINISHED = timedelta(days=1)
"""What was due longer before and has not ended never will: its process is gone."""
JsonSchema = dict[str, Any]
Parameters = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """What a button runs: a Prefect deployment (`flow/deployment`) or a Dagster job."""

    orchestrator: OrchestratorName
    name: str
    id: str
    schema: JsonSchema
    """JSON schema of the parameters. For Dagster it has one object per op."""
    schedules: tuple[Schedule, ...] = ()


@dataclass(frozen=True)
class ApiRequest:
    """One HTTP request, before it is sent: the page shows this object and the button sends this object."""

    method: str
    base_url: str
    """Internal URL of the service."""
    public_base_url: str
    path: str
    body: Mapping[str, Any]

    @property
    def url(self) -> str:
        """Where the panel sends it."""
        return self.base_url + self.path

    @property
    def public_url(self) -> str:
        """Where a person's own machine would send it."""
        return self.public_base_url + self.path


@dataclass(frozen=True)
class Trigger:
    """A deliberate click: who, from which step, on what, and with which values."""

    learner: str
    step: str
    target: Target
    parameters: Parameters
    click: str
    """Unique per click: the same click sent twice is one run."""
    code: str
    """Tree hash of the workspace's code."""
    workspace: Path


@dataclass(frozen=True)
class LogLine:
    """One line of a run's log."""

    at: datetime
    level: str
    source: str
    """The task or asset that wrote it, or an empty text for the run itself."""
    message: str
    task: str = ""
    """Id of that task run: names can be the same."""


@dataclass(frozen=True)
class RunSnapshot:
    """A run with its tasks and log lines as they were at one moment."""

    run: Run
    tasks: tuple[TaskRun, ...]
    logs: tuple[LogLine, ...]
    """At most the last `MOST_LOG_LINES`, oldest first."""
    taken: datetime


@dataclass(frozen=True)
class UpcomingRun:
    """A run that a schedule will start."""

    orchestrator: OrchestratorName
    target: str
    at: datetime


@dataclass(frozen=True)
class Blocker:
    """Why a target cannot run now, and what to do about it."""

    reason: str
    page: str = ""
    """Where in the tool's own UI it can be done."""


@dataclass(frozen=True)
class Every:
    """A schedule's times: one run every so many minutes."""

    minutes: float


@dataclass(frozen=True)
class Cron:
    """A schedule's times as a cron expression. They are UTC."""

    expression: str


Rule = Every | Cron


class Lateness(Protocol):
    """The runs of a target that should have begun."""

    @property
    def runs(self) -> int:
        """Count them."""

    @property
    def full(self) -> str:
        """Say which limit makes them wait, or an empty text when none does."""

    def cause(self, blocked: str) -> str:
        """Say why they have not begun. `blocked` is what keeps every run of the target from starting."""


class Scheduler(Protocol):
    """The schedules of a tool that can be paused and changed from the panel."""

    def schedules(self, tags: Mapping[str, str]) -> list[Schedule]:
        """List the schedules of the targets that carry all these tags, each with its next times."""

    def set_active(self, schedule: Schedule, active: bool) -> None:
        """Pause or resume a schedule."""

    def change(self, schedule: Schedule, rule: Rule) -> None:
        """Give a schedule other times.

        Raises:
            InvalidParameters: the tool does not take them; the sentence has its reason.
        """

    def lateness(self, target: str) -> Lateness:
        """Count the runs of a target that are late, and read what could hold them back."""

    def heartbeat(self) -> datetime | None:
        """Read when what starts the runs last gave a sign of life, or None before the first."""


class Orchestrator(Protocol):
    """What the panel can ask of a tool. A client inherits the last verbs, which not every tool has."""

    @property
    def name(self) -> OrchestratorName:
        """Which tool it is."""

    def target(self, name: str) -> Target:
        """Read a deployment or job with its parameter schema.

        Raises:
            NotRegistered: the service does not know it.
            CodeDoesNotLoad: its code could not be loaded.
        """

    def blockers(self, target: Target) -> list[Blocker]:
        """List what would keep a run of this target from starting now, for example no worker that polls."""

    def build_request(self, trigger: Trigger) -> ApiRequest:
        """Build the request that starts a run.

        Raises:
            InvalidParameters: a value that the target's schema does not allow; nothing is sent.
        """

    def trigger(self, trigger: Trigger) -> str:
        """Send the request and return the run's id. The same click sent twice returns the same run."""

    def run(self, run_id: str) -> Run:
        """Read one run.

        Raises:
            NotFound: no such run.
        """

    def snapshot(self, run_id: str) -> RunSnapshot:
        """Read a run, its tasks and its log.

        Raises:
            NotFound: no such run.
        """

    def runs(self, tags: Mapping[str, str], limit: int = 50, target: str = "") -> list[Run]:
        """List the runs that carry all these tags, of one target if it is named, newest first."""

    def recent(self, since: datetime) -> list[Run]:
        """List everybody's runs that were due after a moment, and older ones that have not ended, newest first."""

    def upcoming(self) -> list[UpcomingRun]:
        """List the next runs that active schedules will start, soonest first."""

    def tasks(self, run_id: str) -> list[TaskRun]:
        """List a run's task runs or asset steps, in the order in which they started."""

    def cancel(self, run_id: str) -> None:
        """Ask for a run to be cancelled."""

    def run_url(self, run_id: str) -> str:
        """URL of a run in the tool's own UI."""

    @property
    def scheduler(self) -> Scheduler | None:
        """Its schedules, where the panel can pause and change them."""
        return None

    def reason_to_wait(self, target: Target) -> str:  # noqa: ARG002
        """Say which limit makes a run of this target wait, or an empty text when none does."""
        return ""

    def child_runs(self, run_id: str) -> list[Run]:  # noqa: ARG002
        """List the runs that a run called, in the order in which they were made."""
        return []

    def artifacts(self, run_id: str) -> list[str]:  # noqa: ARG002
        """List what a run left for people to read: links and texts as Markdown, tables as JSON."""
        return []

    def materializations(self, run_id: str) -> list[Materialization]:  # noqa: ARG002
        """List the assets that a run stored."""
        return []
