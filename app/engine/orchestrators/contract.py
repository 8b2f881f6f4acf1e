"""What the engine returns. Facts about runs and models are those of `workshop.facts`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from workshop.facts import OrchestratorName, Run, Schedule, TaskRun

MOST_LOG_LINES = 2_000
"""Of a longer log the panel reads the end; the whole is in the tool's own UI."""
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
    """JSON schema of the parameters; for Dagster one object per op."""
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
    """The task or asset that wrote it; empty for the run itself."""
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


class Orchestrator(Protocol):
    """The verbs that both orchestrators share."""

    @property
    def name(self) -> OrchestratorName:
        """Which of the two."""

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
        """Send the request and return the run's id; the same click sent twice returns the same run."""

    def snapshot(self, run_id: str) -> RunSnapshot:
        """Read a run, its tasks and its log.

        Raises:
            NotFound: no such run.
        """

    def runs(self, tags: Mapping[str, str], limit: int = 50, target: str = "") -> list[Run]:
        """List the runs that carry all these tags, newest first; of one target, if it is named."""

    def recent(self, since: datetime) -> list[Run]:
        """List everybody's runs that were due after a moment, and older ones that have not ended; newest first."""

    def upcoming(self) -> list[UpcomingRun]:
        """List the next runs that active schedules will start, soonest first."""

    def tasks(self, run_id: str) -> list[TaskRun]:
        """List a run's task runs or asset steps, in the order in which they started."""

    def cancel(self, run_id: str) -> None:
        """Ask for a run to be cancelled."""

    def run_url(self, run_id: str) -> str:
        """URL of a run in the tool's own UI."""
