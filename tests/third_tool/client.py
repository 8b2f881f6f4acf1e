"""The verbs of `contract.Orchestrator` for the third tool."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from app.engine.addresses import in_path
from app.engine.errors import NotFound
from app.engine.orchestrators.contract import (
    ApiRequest,
    Blocker,
    LogLine,
    Orchestrator,
    RunSnapshot,
    Target,
    Trigger,
    UpcomingRun,
)
from app.engine.orchestrators.parameters import check
from tests.third_tool.service import NAME, SCHEMA, SimpleService
from workshop.facts import Attempt, OrchestratorName, Run, RunPhase, TaskRun
from workshop.naming import CLICK_TAG, LEARNER_TAG, STEP_TAG

PUBLIC_URL = "https://simple.example"


class SimpleClient(Orchestrator):
    """Asks a `SimpleService`."""

    name: OrchestratorName = NAME

    def __init__(self, service: SimpleService) -> None:
        self._service = service

    def target(self, name: str) -> Target:
        return Target(NAME, name, f"id-of-{name}", SCHEMA)

    def blockers(self, target: Target) -> list[Blocker]:  # noqa: ARG002
        return []

    def reason_to_wait(self, target: Target) -> str:  # noqa: ARG002
        return self._service.limit

    def build_request(self, trigger: Trigger) -> ApiRequest:
        check(trigger.target.schema, trigger.parameters)
        tags = {LEARNER_TAG: trigger.learner, STEP_TAG: trigger.step, CLICK_TAG: trigger.click}
        body = {"target": trigger.target.name, "parameters": trigger.parameters, "tags": tags}
        return ApiRequest("POST", "http://simple:1", PUBLIC_URL, "/runs", body)

    def trigger(self, trigger: Trigger) -> str:
        body = self.build_request(trigger).body
        return self._service.start(body["target"], trigger.click, body["parameters"], body["tags"])

    def run(self, run_id: str) -> Run:
        if run_id not in self._service.runs:
            raise NotFound(f"Simple has no run {run_id}.")
        return self._service.runs[run_id]

    def snapshot(self, run_id: str) -> RunSnapshot:
        run = self.run(run_id)
        line = LogLine(run.due, "info", "load", "250 customers", "load")
        return RunSnapshot(run, tuple(self.tasks(run_id)), (line,), datetime.now(UTC))

    def runs(self, tags: Mapping[str, str], limit: int = 50, target: str = "") -> list[Run]:
        wanted = [run for run in self._service.runs.values() if run.tags.items() >= tags.items()]
        return [run for run in wanted[::-1] if target in ("", run.target)][:limit]

    def recent(self, since: datetime) -> list[Run]:
        return [run for run in self.runs({}) if run.due > since or not run.phase.is_final]

    def upcoming(self) -> list[UpcomingRun]:
        return []

    def tasks(self, run_id: str) -> list[TaskRun]:
        run = self.run(run_id)
        task = TaskRun("load", "load", run.state, run.phase, run.started, run.ended)
        if run.started:
            return [TaskRun(**(asdict(task) | {"attempts": (Attempt(1, run.state, run.phase, run.started),)}))]
        return [task]

    def cancel(self, run_id: str) -> None:
        is_waiting = self.run(run_id).phase is RunPhase.WAITING
        self._service.move(run_id, "stopped" if is_waiting else "stopping")

    def run_url(self, run_id: str) -> str:
        return f"{PUBLIC_URL}/runs/{in_path(run_id)}"
