"""Dagster's GraphQL API: the verbs of `contract.Orchestrator`."""

import json
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.engine.addresses import in_path
from app.engine.errors import (
    CodeDoesNotLoad,
    InvalidParameters,
    NotFound,
    NotRegistered,
    ServiceBusy,
    ServiceDown,
    ServiceRefused,
)
from app.engine.orchestrators.contract import (
    MOST_LOG_LINES,
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
from app.engine.orchestrators.dagster.click_locks import ClickLocks
from app.engine.orchestrators.dagster.facts import (
    failure_from,
    log_lines_from,
    materializations_from,
    run_from,
    tasks_from,
)
from app.engine.orchestrators.dagster.tool import DAGSTER
from app.engine.orchestrators.transport import SEND_RETRY_SECONDS, Transport
from workshop.facts import Materialization, OrchestratorName, Run, RunPhase, Schedule, TaskRun
from workshop.naming import CLICK_TAG, CODE_TAG, LEARNER_TAG, STEP_TAG

LOCATION = "workshop"
REPOSITORY = "__repository__"
PATH = "/graphql"
PAGE = 200
LOG_PAGE = 500
UNFINISHED = ["QUEUED", "NOT_STARTED", "STARTING", "STARTED", "CANCELING"]
LAUNCH_TRIES = 2
LATE_SECONDS = 20.0
STARTING_SECONDS = 60.0
"""A busy machine takes this long to bring a run to its first step at the most."""
ENDING_SECONDS = 30.0
"""A run that is asked to end may be within a long step. Marked as cancelled it would go on unseen."""
ASK_SECONDS = 0.5
Json = dict[str, Any]


class Dagster(Orchestrator):
    """A Dagster webserver with one code location.

    Args:
        internal_url: where the panel reaches it.
        public_url: where a browser opens it.
    """

    name: OrchestratorName = DAGSTER.name

    def __init__(self, internal_url: str, public_url: str) -> None:
        self._http = Transport("Dagster", internal_url, public_url)
        self._public_url = public_url
        self._launching = ClickLocks()

    def target(self, name: str) -> Target:
        """Read a job with the JSON schemas of its Config classes, one for each op.

        Raises:
            NotRegistered: the code location has no such job.
            CodeDoesNotLoad: the code location, or the step that has this job, could not be loaded; the message is the
                loader's own.
            ServiceBusy: the code server starts, or has just stopped; Dagster asks it again every few seconds.
        """
        self._raise_unless_loaded()
        job = self._ask(queries.JOB, "pipelineOrError", {"selector": _selector(name)})
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
        return ApiRequest("POST", self._http.base_url, self._public_url, PATH, body)

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
        return run_from(self._read(run_id))

    def runs(self, tags: Mapping[str, str], limit: int = 50, target: str = "") -> list[Run]:
        """List the runs that carry all these tags, of one job if it is named, newest first."""
        wanted: Json = {"tags": [{"key": key, "value": value} for key, value in tags.items()]}
        wanted |= {"pipelineName": target} if target else {}
        return self._runs(wanted, limit)

    def recent(self, since: datetime) -> list[Run]:
        """List everybody's runs created after a moment, and older ones that have not ended, newest first."""
        moment = since.timestamp()
        oldest = (since - OLDEST_UNFINISHED).timestamp()
        unfinished = {"statuses": UNFINISHED, "createdBefore": moment, "createdAfter": oldest}
        return [*self._runs({"createdAfter": moment}), *self._runs(unfinished)]

    def upcoming(self) -> list[UpcomingRun]:
        """List the next two runs of each schedule that is on, soonest first."""
        answer = self._ask(queries.SCHEDULES, "schedulesOrError", {"selector": _location_selector()})
        ticks = [
            UpcomingRun(self.name, entry["pipelineName"], datetime.fromtimestamp(tick["timestamp"], UTC))
            for entry in _expect(answer, "Schedules")["results"]
            if entry["scheduleState"]["status"] == "RUNNING"
            for tick in entry["futureTicks"]["results"]
        ]
        return sorted(ticks, key=lambda run: run.at)

    def tasks(self, run_id: str) -> list[TaskRun]:
        """List a run's asset steps, those that have started first."""
        return tasks_from(self._read(run_id))

    def materializations(self, run_id: str) -> list[Materialization]:
        """List the assets that a run stored, with their metadata."""
        return materializations_from(self._read(run_id))

    def snapshot(self, run_id: str) -> RunSnapshot:
        """Read a run, its asset steps and its log."""
        stored = self._read(run_id)
        run, events = run_from(stored), self._events(run_id)
        if run.phase is RunPhase.FAILED:
            run = replace(run, message=failure_from(events))
        return RunSnapshot(run, tuple(tasks_from(stored)), tuple(log_lines_from(events)), datetime.now(UTC))

    def cancel(self, run_id: str) -> None:
        """Ask for a run to be terminated, once its first step has begun. Takes up to a minute and a half.

        Dagster refuses while a run is starting, and one that has only just started misses it. A run whose process is
        gone (the code server was restarted) cannot be terminated; it is marked as cancelled, and so is one that has not
        ended in time.
        """
        deadline = time.monotonic() + STARTING_SECONDS
        while not self._can_be_interrupted(run_id) and time.monotonic() < deadline:
            time.sleep(ASK_SECONDS)
        self._terminate(run_id)
        if not self._ends(run_id):
            self._terminate(run_id)

    def _can_be_interrupted(self, run_id: str) -> bool:
        """Whether a run is over, or has begun its first step."""
        stored = self._read(run_id)
        return run_from(stored).phase.is_final or any(step["startTime"] for step in stored["stepStats"])

    def _ends(self, run_id: str) -> bool:
        """Wait for a short while for a run to be over."""
        deadline = time.monotonic() + ENDING_SECONDS
        while not self.run(run_id).phase.is_final:
            if time.monotonic() > deadline:
                return False
            time.sleep(ASK_SECONDS)
        return True

    def _terminate(self, run_id: str) -> None:
        try:
            answer = self._ask(queries.TERMINATE, "terminateRun", {"runId": run_id, "policy": "SAFE_TERMINATE"})
        except ServiceRefused:  # the code server, whose process the run was, does not answer
            answer = {"__typename": "TerminateRunFailure"}
        if answer["__typename"] == "TerminateRunFailure":
            if self.run(run_id).phase.is_final:  # it ended by itself meanwhile
                return
            mark = {"runId": run_id, "policy": "MARK_AS_CANCELED_IMMEDIATELY"}
            answer = self._ask(queries.TERMINATE, "terminateRun", mark)
        _expect(answer, "TerminateRunSuccess")

    def run_url(self, run_id: str) -> str:
        """URL of a run in Dagster's UI."""
        return f"{self._public_url}/runs/{in_path(run_id)}"

    def _run_of_click(self, trigger: Trigger, patience_seconds: float = 0.0) -> str:
        """Ask for the run of this click until there is one, or give an empty text in the end."""
        deadline = time.monotonic() + patience_seconds
        while True:
            runs = self.runs({CLICK_TAG: trigger.click, LEARNER_TAG: trigger.learner}, limit=1)
            if runs or time.monotonic() >= deadline:
                return runs[0].id if runs else ""
            time.sleep(ASK_SECONDS)

    def _launch(self, request: ApiRequest) -> str:
        answer = self._http.post(request.path, request.body, retry_seconds=0)
        launched = _data(answer)["launchRun"]
        if launched["__typename"] == "RunConfigValidationInvalid":
            raise InvalidParameters({"config": " ".join(error["message"] for error in launched["errors"])})
        return str(_expect(launched, "LaunchRunSuccess")["run"]["runId"])

    def _read(self, run_id: str) -> Json:
        answer = self._ask(queries.RUN, "runOrError", {"runId": run_id})
        if answer["__typename"] == "RunNotFoundError":
            raise NotFound("Dagster has no run {run_id}.", run_id=run_id)
        return _expect(answer, "Run")

    def _runs(self, wanted: Json, limit: int = PAGE) -> list[Run]:
        answer = self._ask(queries.RUNS, "runsOrError", {"filter": wanted, "limit": limit})
        return [run_from(entry) for entry in _expect(answer, "Runs")["results"]]

    def _events(self, run_id: str) -> Sequence[Json]:
        """Read the last events of a run, oldest first."""
        events: deque[Json] = deque(maxlen=MOST_LOG_LINES)
        after: str | None = None
        has_more = True
        while has_more:
            variables = {"runId": run_id, "after": after, "limit": LOG_PAGE}
            page = _expect(self._ask(queries.LOGS, "logsForRun", variables), "EventConnection")
            events += page["events"]
            after, has_more = page["cursor"], page["hasMore"]
        return events

    def _raise_unless_loaded(self) -> None:
        entry = self._ask(queries.LOCATION, "workspaceLocationEntryOrError", {"name": LOCATION})
        # a location whose code is broken is LOADED with an error inside
        location = (entry or {}).get("locationOrLoadError") or entry
        if not location:
            raise NotRegistered(
                "Dagster has no code location {location}, or is still loading it. Try again shortly.", location=LOCATION
            )
        if location["__typename"] == "PythonError":
            if "DagsterUserCodeUnreachableError" in location["message"]:
                raise ServiceBusy("Dagster", self._public_url, "its code server does not answer yet")
            raise CodeDoesNotLoad(
                "Dagster could not load workshop/dagster: {message}", message=location["message"].strip()
            )

    def _ask(self, query: str, field: str, variables: Mapping[str, Any]) -> Any:
        return _data(self._http.post(PATH, {"query": query, "variables": variables}, SEND_RETRY_SECONDS / 5))[field]


def _location_selector() -> Json:
    return {"repositoryName": REPOSITORY, "repositoryLocationName": LOCATION}


def _selector(job: str) -> Json:
    return {**_location_selector(), "pipelineName": job}


def _data(answer: Json) -> Json:
    if answer.get("errors"):
        raise ServiceRefused("Dagster", str(answer["errors"][0]["message"]))
    data: Json = answer["data"]
    return data


def _expect(answer: Json, typename: str) -> Json:
    if answer["__typename"] != typename:
        raise ServiceRefused("Dagster", str(answer.get("message") or answer["__typename"]))
    return answer
