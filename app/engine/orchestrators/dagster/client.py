"""Dagster's GraphQL API: the verbs of `contract.Orchestrator`."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from app.engine.addresses import in_path
from app.engine.errors import (
    CodeDoesNotLoad,
    InvalidParameters,
    NotRegistered,
    ServiceDown,
)
from app.engine.orchestrators.contract import (
    OLDEST_UNFINISHED,
    ApiRequest,
    Blocker,
    Orchestrator,
    RunSnapshot,
    Target,
    Trigger,
    UpcomingRun,
)
from app.engine.orchestrators.dagster import queries
from app.engine.orchestrators.dagster.api import LOCATION, PATH, DagsterApi, Json, expect
from app.engine.orchestrators.dagster.click_locks import ClickLocks
from app.engine.orchestrators.dagster.facts import (
    failure_from,
    log_lines_from,
    materializations_from,
    run_from,
    tasks_from,
)
from app.engine.orchestrators.dagster.terminating import terminate
from app.engine.orchestrators.dagster.tool import DAGSTER
from workshop.facts import Materialization, OrchestratorName, Run, RunPhase, Schedule, TaskRun
from workshop.naming import CLICK_TAG, CODE_TAG, LEARNER_TAG, STEP_TAG

REPOSITORY = "__repository__"
UNFINISHED = ["QUEUED", "NOT_STARTED", "STARTING", "STARTED", "CANCELING"]
LAUNCH_TRIES = 2
LATE_SECONDS = 20.0
ASK_SECONDS = 0.5


class Dagster(Orchestrator):
    """A Dagster webserver with one code location.

    Args:
        internal_url: where the panel reaches it.
        public_url: where a browser opens it.
    """

    name: OrchestratorName = DAGSTER.name

    def __init__(self, internal_url: str, public_url: str) -> None:
        self._api = DagsterApi(internal_url, public_url)
        self._launching = ClickLocks()

    def target(self, name: str) -> Target:
        """Read a job with the JSON schemas of its Config classes, one for each op.

        Raises:
            NotRegistered: the code location has no such job.
            CodeDoesNotLoad: the code location, or the step that has this job, could not be loaded; the message is the
                loader's own.
            ServiceBusy: the code server starts, or has just stopped; Dagster asks it again every few seconds.
        """
        self._api.raise_unless_loaded()
        job = self._api.ask(queries.JOB, "pipelineOrError", {"selector": _selector(name)})
        if job["__typename"] != "Pipeline":
            raise NotRegistered("Dagster has no job {name}. Is it defined in workshop/dagster?", name=name)
        metadata = {entry["label"]: entry.get("jsonString") for entry in job["metadataEntries"]}
        if problem := metadata.get("problem"):
            raise CodeDoesNotLoad(json.loads(problem))
        ops = json.loads(metadata.get("config_schema") or "{}")
        schema = {"type": "object", "properties": ops, "additionalProperties": False}
        schedules = tuple(
            Schedule(entry["name"], entry["cronSchedule"], entry["scheduleState"]["status"] == "RUNNING")
            for entry in job["schedules"]
        )
        return Target(self.name, name, job["id"], schema, schedules)

    def blockers(self, target: Target) -> list[Blocker]:  # noqa: ARG002
        """Nothing more is needed: runs start without the daemon, and `target` has asked for the code."""
        return []

    def build_request(self, trigger: Trigger) -> ApiRequest:
        """Build the request that launches a run of a job.

        Raises:
            InvalidParameters: a value that a Config class does not allow; Dagster itself knows no bounds.
        """
        DAGSTER.check_parameters(trigger.target, trigger.parameters)
        labels = {
            LEARNER_TAG: trigger.learner,
            STEP_TAG: trigger.step,
            CLICK_TAG: trigger.click,
            CODE_TAG: trigger.code,
        }
        params = {
            "selector": {**_location_selector(), "jobName": trigger.target.name},
            "runConfigData": {"ops": {op: {"config": values} for op, values in trigger.parameters.items()}},
            "mode": "default",
            "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in labels.items()]},
        }
        body = {"query": queries.LAUNCH_RUN, "variables": {"params": params}}
        return ApiRequest("POST", self._api.base_url, self._api.public_url, PATH, body)

    def trigger(self, trigger: Trigger) -> str:
        """Launch the run and return its id.

        Dagster has no idempotency key. One panel process is assumed: under a lock of this click's own, ask whether it
        already has a run, launch, and after a time-out ask for a while before launching again: a busy Dagster makes
        the run after the time-out. Other clicks go on meanwhile.
        """
        request = self.build_request(trigger)
        with self._launching.of(trigger.learner, trigger.click):
            run_id = self._run_of_click(trigger)
            for attempt in range(1, LAUNCH_TRIES + 1):
                if run_id:
                    return run_id
                try:
                    return self._launch(request)
                except ServiceDown:
                    run_id = self._run_of_click(trigger, LATE_SECONDS)
                    if not run_id and attempt == LAUNCH_TRIES:
                        raise
            return run_id

    def run(self, run_id: str) -> Run:
        """Read one run.

        Raises:
            NotFound: no such run.
        """
        return run_from(self._api.run(run_id))

    def runs(self, tags: Mapping[str, str], limit: int = 50, target: str = "") -> list[Run]:
        """List the runs that carry all these tags, of one job if it is named, newest first."""
        wanted: Json = {"tags": [{"key": key, "value": value} for key, value in tags.items()]}
        wanted |= {"pipelineName": target} if target else {}
        return [run_from(entry) for entry in self._api.runs(wanted, limit)]

    def recent(self, since: datetime) -> list[Run]:
        """List everybody's runs created after a moment, and older ones that have not ended, newest first."""
        moment = since.timestamp()
        oldest = (since - OLDEST_UNFINISHED).timestamp()
        unfinished = {"statuses": UNFINISHED, "createdBefore": moment, "createdAfter": oldest}
        entries = [*self._api.runs({"createdAfter": moment}), *self._api.runs(unfinished)]
        return [run_from(entry) for entry in entries]

    def upcoming(self) -> list[UpcomingRun]:
        """List the next two runs of each schedule that is on, soonest first."""
        answer = self._api.ask(queries.SCHEDULES, "schedulesOrError", {"selector": _location_selector()})
        ticks = [
            UpcomingRun(self.name, entry["pipelineName"], datetime.fromtimestamp(tick["timestamp"], UTC))
            for entry in expect(answer, "Schedules")["results"]
            if entry["scheduleState"]["status"] == "RUNNING"
            for tick in entry["futureTicks"]["results"]
        ]
        return sorted(ticks, key=lambda run: run.at)

    def tasks(self, run_id: str) -> list[TaskRun]:
        """List a run's asset steps, those that have started first."""
        return tasks_from(self._api.run(run_id))

    def materializations(self, run_id: str) -> list[Materialization]:
        """List the assets that a run stored, with their metadata."""
        return materializations_from(self._api.run(run_id))

    def snapshot(self, run_id: str) -> RunSnapshot:
        """Read a run, its asset steps and its log."""
        stored = self._api.run(run_id)
        run, events = run_from(stored), self._api.events(run_id)
        if run.phase is RunPhase.FAILED:
            run = replace(run, message=failure_from(events))
        return RunSnapshot(run, tuple(tasks_from(stored)), tuple(log_lines_from(events)), datetime.now(UTC))

    def cancel(self, run_id: str) -> None:
        """Ask for a run to be terminated, once its first step has begun. Takes up to a minute and a half."""
        terminate(self._api, run_id)

    def run_url(self, run_id: str) -> str:
        """URL of a run in Dagster's UI."""
        return f"{self._api.public_url}/runs/{in_path(run_id)}"

    def _run_of_click(self, trigger: Trigger, patience_seconds: float = 0.0) -> str:
        """Ask for the run of this click until there is one, or give an empty text in the end."""
        deadline = time.monotonic() + patience_seconds
        while True:
            runs = self.runs({CLICK_TAG: trigger.click, LEARNER_TAG: trigger.learner}, limit=1)
            if runs or time.monotonic() >= deadline:
                return runs[0].id if runs else ""
            time.sleep(ASK_SECONDS)

    def _launch(self, request: ApiRequest) -> str:
        launched = self._api.send_once(request)["launchRun"]
        if launched["__typename"] == "RunConfigValidationInvalid":
            raise InvalidParameters({"config": " ".join(error["message"] for error in launched["errors"])})
        return str(expect(launched, "LaunchRunSuccess")["run"]["runId"])


def _location_selector() -> Json:
    return {"repositoryName": REPOSITORY, "repositoryLocationName": LOCATION}


def _selector(job: str) -> Json:
    return {**_location_selector(), "pipelineName": job}
