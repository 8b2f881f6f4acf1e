"""Prefect's REST API: the verbs of `contract.Orchestrator`."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from app.engine.addresses import deployment_path, in_path
from app.engine.commands import command
from app.engine.errors import NotFound, NotRegistered
from app.engine.orchestrators.contract import (
    MOST_LOG_LINES,
    OLDEST_UNFINISHED,
    ApiRequest,
    Blocker,
    LogLine,
    Orchestrator,
    RunSnapshot,
    Scheduler,
    Target,
    Trigger,
    UpcomingRun,
)
from app.engine.orchestrators.prefect.deployment_names import DeploymentNames
from app.engine.orchestrators.prefect.facts import log_line_from, run_from, schedules_from, task_run_from
from app.engine.orchestrators.prefect.heartbeat import STALE_HEARTBEAT_SECONDS
from app.engine.orchestrators.prefect.schedules import PrefectScheduler, read_heartbeats
from app.engine.orchestrators.prefect.tool import PREFECT
from app.engine.orchestrators.transport import Transport
from workshop.facts import OrchestratorName, Run, TaskRun
from workshop.naming import CLICK_TAG, CODE_TAG, LEARNER_TAG, STEP_TAG, labels_to_tags

PAGE = 200
MOST_UPCOMING = 12
UNFINISHED = ["SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING"]
PENDING_SECONDS = 60.0
"""A busy machine takes this long to start a process at the most."""
PENDING_POLL_SECONDS = 0.25


class Prefect(Orchestrator):
    """A Prefect server.

    Args:
        internal_url: where the panel reaches it, without `/api`.
        public_url: where a browser opens it.
        work_pool: the pool whose worker runs the deployments.
    """

    name: OrchestratorName = PREFECT.name

    def __init__(self, internal_url: str, public_url: str, work_pool: str) -> None:
        self._http = Transport("Prefect", internal_url, public_url)
        self._public_url = public_url
        self._work_pool = work_pool
        self._names = DeploymentNames(self._http)
        self._scheduler = PrefectScheduler(internal_url, public_url, work_pool)

    def target(self, name: str) -> Target:
        """Read a deployment (`flow/deployment`) with its parameter schema.

        Raises:
            NotRegistered: Prefect does not know it.
        """
        try:
            deployment = self._http.get(deployment_path(name))
        except NotFound as error:
            problem = (
                f"Prefect has no deployment {name}. Register the workshop's deployments with {command('register')}."
            )
            raise NotRegistered(problem) from error
        schedules = tuple(schedules_from(deployment, name, ()))
        return Target(self.name, name, deployment["id"], deployment["parameter_openapi_schema"], schedules)

    def blockers(self, target: Target) -> list[Blocker]:  # noqa: ARG002
        """Say so when no worker polls the work pool, judged by the age of the last heartbeat, or the pool is paused."""
        try:
            pool = self._http.get(f"/api/work_pools/{in_path(self._work_pool)}")
            heartbeats = read_heartbeats(self._http, self._work_pool)
        except NotFound:
            return [Blocker(f"Prefect has no work pool {self._work_pool}. Create it with {command('register')}.")]
        if pool["is_paused"]:
            page = f"{self._public_url}/work-pools"
            reason = f"The work pool {self._work_pool} is paused: a run would wait. Resume it on Prefect's own page."
            return [Blocker(reason, page)]
        start = command("start")
        if not heartbeats:
            return [Blocker(f"No worker has polled the work pool {self._work_pool} yet. Start one with {start}.")]
        age = (datetime.now(UTC) - max(heartbeats)).total_seconds()
        if age > STALE_HEARTBEAT_SECONDS:
            return [Blocker(f"No worker has polled for {age:.0f} s: a run would wait. Start one with {start}.")]
        return []

    @property
    def scheduler(self) -> Scheduler:
        """The schedules of its deployments."""
        return self._scheduler

    def reason_to_wait(self, target: Target) -> str:
        """Say which limit, of the work pool or of the deployment, makes a run wait, or an empty text when none does."""
        return self._scheduler.lateness(target.name).full

    def build_request(self, trigger: Trigger) -> ApiRequest:
        """Build the request that creates a flow run from a deployment.

        Raises:
            InvalidParameters: a value that the deployment's schema does not allow.
        """
        PREFECT.check_parameters(trigger.target, trigger.parameters)
        labels = {
            LEARNER_TAG: trigger.learner,
            STEP_TAG: trigger.step,
            CLICK_TAG: trigger.click,
            CODE_TAG: trigger.code,
        }
        body = {
            "parameters": trigger.parameters,
            "tags": labels_to_tags(labels),
            "job_variables": {"working_dir": str(trigger.workspace)},
        }
        body["idempotency_key"] = _idempotency_key(trigger, body)
        path = f"/api/deployments/{in_path(trigger.target.id)}/create_flow_run"
        return ApiRequest("POST", self._http.base_url, self._public_url, path, body)

    def trigger(self, trigger: Trigger) -> str:
        """Create the flow run and return its id. The same click again returns the same id."""
        return str(self._http.send(self.build_request(trigger))["id"])

    def run(self, run_id: str) -> Run:
        """Read one flow run.

        Raises:
            NotFound: no such flow run.
        """
        try:
            flow_run = self._http.get(_run_path(run_id))
        except NotFound as error:
            raise NotFound("Prefect has no flow run {run_id}.", run_id=run_id) from error
        return run_from(flow_run, self._names.of(flow_run["deployment_id"]))

    def runs(self, tags: Mapping[str, str], limit: int = 50, target: str = "") -> list[Run]:
        """List the flow runs that are due and carry all these tags, of one deployment if it is named, newest first.

        A schedule makes runs in advance; they are left out until they are due.
        """
        query: dict[str, Any] = {
            "flow_runs": {
                "tags": {"all_": labels_to_tags(dict(tags))},
                "expected_start_time": {"before_": datetime.now(UTC).isoformat()},
            },
            "sort": "EXPECTED_START_TIME_DESC",
            "limit": limit,
        }
        if target:
            flow, _slash, deployment = target.partition("/")
            query |= {"flows": {"name": {"any_": [flow]}}, "deployments": {"name": {"any_": [deployment]}}}
        return self._flow_runs(query)

    def recent(self, since: datetime) -> list[Run]:
        """List everybody's flow runs that were due after a moment, and older ones that have not ended, newest first.

        Those that another flow run called are left out.
        """
        due = _due_between(since, datetime.now(UTC))
        unfinished = _due_between(since - OLDEST_UNFINISHED, since) | {"state": {"type": {"any_": UNFINISHED}}}
        queries = [{"flow_runs": each, "sort": "EXPECTED_START_TIME_DESC", "limit": PAGE} for each in (due, unfinished)]
        return [run for query in queries for run in self._flow_runs(query)]

    def upcoming(self) -> list[UpcomingRun]:
        """List the next flow runs that schedules will start, soonest first."""
        query = {
            "flow_runs": {
                "expected_start_time": {"after_": datetime.now(UTC).isoformat()},
                "state": {"type": {"any_": ["SCHEDULED"]}},
            },
            "sort": "EXPECTED_START_TIME_ASC",
            "limit": MOST_UPCOMING,
        }
        flow_runs = self._http.post("/api/flow_runs/filter", query)
        return [
            UpcomingRun(
                self.name,
                self._names.of(entry["deployment_id"]),
                datetime.fromisoformat(entry["expected_start_time"]),
            )
            for entry in flow_runs
        ]

    def child_runs(self, run_id: str) -> list[Run]:
        """List the flow runs that a flow run called, in the order in which they were made."""
        query = {"flow_runs": {"parent_flow_run_id": {"any_": [run_id]}}, "limit": PAGE}
        return sorted(self._flow_runs(query), key=lambda run: run.due)

    def artifacts(self, run_id: str) -> list[str]:
        """List the artifacts of a flow run, each as the Markdown or JSON that Prefect keeps."""
        query = {"artifacts": {"flow_run_id": {"any_": [run_id]}}, "limit": PAGE}
        return [str(artifact["data"]) for artifact in self._http.post("/api/artifacts/filter", query)]

    def tasks(self, run_id: str) -> list[TaskRun]:
        """List the task runs of a flow run with all their attempts, in the order in which they started."""
        query = {"flow_runs": {"id": {"any_": [run_id]}}, "sort": "EXPECTED_START_TIME_ASC", "limit": PAGE}
        task_runs = self._http.post("/api/task_runs/filter", query)
        return [task_run_from(entry, self._history(entry)) for entry in task_runs]

    def snapshot(self, run_id: str) -> RunSnapshot:
        """Read a flow run, its task runs and its log."""
        run, tasks = self.run(run_id), self.tasks(run_id)
        names = {task.id: task.name for task in tasks}
        return RunSnapshot(run, tuple(tasks), tuple(self._logs(run_id, names)), datetime.now(UTC))

    def cancel(self, run_id: str) -> None:
        """Ask for a flow run to be cancelled. Its process ends within a few seconds.

        A pending run is waited for until its process runs: Prefect lets a run that is told earlier stay *Cancelling*.
        """
        waiting = Retrying(
            stop=stop_after_delay(PENDING_SECONDS),
            wait=wait_fixed(PENDING_POLL_SECONDS),
            retry=retry_if_result(lambda state_type: state_type == "PENDING"),
            retry_error_callback=lambda state: None,  # noqa: ARG005
        )
        waiting(lambda: self._http.get(_run_path(run_id))["state_type"])
        self._http.post(f"{_run_path(run_id)}/set_state", {"state": {"type": "CANCELLING", "name": "Cancelling"}})

    def run_url(self, run_id: str) -> str:
        """URL of a flow run in Prefect's UI."""
        return f"{self._public_url}/runs/flow-run/{in_path(run_id)}"

    def _flow_runs(self, query: Mapping[str, Any]) -> list[Run]:
        flow_runs = self._http.post("/api/flow_runs/filter", query)
        return [run_from(entry, self._names.of(entry["deployment_id"])) for entry in flow_runs]

    def _logs(self, run_id: str, task_names: Mapping[str, str]) -> list[LogLine]:
        query = {"logs": {"flow_run_id": {"any_": [run_id]}}, "sort": "TIMESTAMP_DESC", "limit": PAGE}
        lines: dict[str, dict[str, Any]] = {}  # by id: a line that arrives meanwhile moves the others to the next page
        for offset in range(0, MOST_LOG_LINES, PAGE):
            page = self._http.post("/api/logs/filter", {**query, "offset": offset})
            lines |= {entry["id"]: entry for entry in page}
            if len(page) < PAGE:
                break
        return [log_line_from(entry, task_names) for entry in reversed(lines.values())]

    def _history(self, task_run: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Every state of a task run that ran more than once or will. One attempt needs no second call."""
        waits_for_a_retry = task_run["run_count"] == 1 and task_run["state_type"] == "SCHEDULED"
        if task_run["run_count"] <= 1 and not waits_for_a_retry:
            return []
        states: list[dict[str, Any]] = self._http.get("/api/task_run_states/", task_run_id=task_run["id"])
        return states


def _run_path(run_id: str) -> str:
    return f"/api/flow_runs/{in_path(run_id)}"


def _due_between(begin: datetime, end: datetime) -> dict[str, Any]:
    """Ask for flow runs that no other flow run called."""
    return {
        "expected_start_time": {"after_": begin.isoformat(), "before_": end.isoformat()},
        "parent_task_run_id": {"is_null_": True},
    }


def _idempotency_key(trigger: Trigger, body: Mapping[str, Any]) -> str:
    """Hash all that makes a click this click: Prefect's keys are per flow, a bare one could be somebody else's."""
    parts = [trigger.learner, trigger.step, trigger.target.name, trigger.click, body]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
