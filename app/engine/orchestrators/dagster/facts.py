"""Turn what Dagster's GraphQL answers into facts."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from app.engine.orchestrators.contract import LogLine
from app.engine.orchestrators.dagster.states import phase_of, step_phase_of
from app.engine.orchestrators.dagster.tool import DAGSTER
from workshop.facts import Attempt, Materialization, Run, RunPhase, TaskRun

NOISE = frozenset(
    {"LOADED_INPUT", "HANDLED_OUTPUT", "STEP_OUTPUT", "STEP_INPUT", "LOGS_CAPTURED", "RESOURCE_INIT_STARTED"}
)
"""Bookkeeping events that would bury the lines people look for."""
Json = Mapping[str, Any]


def time_from(seconds: float | None) -> datetime | None:
    """Read Dagster's epoch seconds, if there are any."""
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def run_from(run: Json) -> Run:
    """Read a run. Its parameters are the config of each op."""
    ops = (run["runConfig"] or {}).get("ops", {})
    return Run(
        orchestrator=DAGSTER.name,
        id=run["runId"],
        name=run["runId"][:8],
        target=run["jobName"],
        state=run["status"],
        phase=phase_of(run["status"]),
        due=datetime.fromtimestamp(run["creationTime"], UTC),
        started=time_from(run["startTime"]),
        ended=time_from(run["endTime"]),
        parameters={op: values.get("config", {}) for op, values in ops.items()},
        tags={tag["key"]: tag["value"] for tag in run["tags"]},
    )


def tasks_from(run: Json) -> list[TaskRun]:
    """Read a run's steps: every planned one, those that have started first."""
    stats = {entry["stepKey"]: entry for entry in run["stepStats"]}
    plan = {step["key"]: _upstream(step) for step in (run["executionPlan"] or {}).get("steps", [])}
    ended_run = phase_of(run["status"]).is_final
    tasks = [_task(key, plan.get(key, ()), stats.get(key), ended_run) for key in {**plan, **stats}]
    return sorted(tasks, key=lambda task: (task.started is None, task.started or datetime.max.replace(tzinfo=UTC)))


def _upstream(step: Json) -> tuple[str, ...]:
    return tuple(dict.fromkeys(other["key"] for part in step["inputs"] for other in part["dependsOn"]))


def _task(key: str, upstream: tuple[str, ...], stats: Json | None, ended_run: bool) -> TaskRun:
    if stats is None:
        state, phase = ("NOT RUN", RunPhase.CANCELLED) if ended_run else ("WAITING", RunPhase.WAITING)
        return TaskRun(key, key, state, phase, upstream=upstream)
    state, phase = stats["status"] or "WAITING", step_phase_of(stats["status"])
    started, ended = time_from(stats["startTime"]), time_from(stats["endTime"])
    attempts = [(time_from(entry["startTime"]), time_from(entry["endTime"])) for entry in stats["attempts"]]
    begun = [(begin, end) for begin, end in attempts if begin] or ([(started, ended)] if started else [])
    last = len(begun)
    return TaskRun(
        key,
        key,
        state,
        phase,
        started,
        ended,
        upstream,
        tuple(
            Attempt(
                number, state if number == last else "FAILURE", phase if number == last else RunPhase.FAILED, begin, end
            )
            for number, (begin, end) in enumerate(begun, 1)
        ),
    )


def materializations_from(run: Json) -> list[Materialization]:
    """Read the assets that a run's steps stored."""
    return [
        Materialization(
            tuple(event["assetKey"]["path"]), run["runId"], _milliseconds(event["timestamp"]), _metadata(event)
        )
        for stats in run["stepStats"]
        for event in stats["materializations"]
    ]


def _metadata(event: Json) -> dict[str, str | int | float]:
    values: dict[str, str | int | float] = {}
    for entry in event["metadataEntries"]:
        for key in ("intValue", "floatValue", "text", "url"):
            if entry.get(key) is not None:
                values[entry["label"]] = entry[key]
    return values


def log_lines_from(events: Iterable[Json]) -> list[LogLine]:
    """Read the events of a run's log, without the bookkeeping."""
    return [
        LogLine(_milliseconds(event["timestamp"]), event["level"].lower(), step, _message(event), step)
        for event, step in ((event, event.get("stepKey") or "") for event in events)
        if event.get("timestamp") and event.get("eventType") not in NOISE
    ]


INTERRUPTED = "dagster._core.errors.DagsterExecutionInterruptedError"
"""What a step raises when its process is told to end and nobody has asked to cancel the run."""
STOPPED = "Dagster was stopped while this ran. Run it again."


def failure_from(events: Iterable[Json]) -> str:
    """Say which step failed first and what its code raised, else what went wrong last.

    Empty when nothing did.

    A run that was found without a process has failed with a sentence and without an error.
    """
    all_events = list(events)
    errors = [event for event in all_events if event.get("error")]
    of_steps = [event for event in errors if event["eventType"] == "STEP_FAILURE"]
    for event in of_steps or errors[-1:]:
        error = event["error"]
        raised = (error.get("causes") or [error])[-1]["message"].strip()
        if raised.startswith(INTERRUPTED):
            return STOPPED
        return f"{event['stepKey']}: {raised}" if event.get("stepKey") else str(raised)
    return next((event["message"] for event in all_events if event.get("eventType") == "RUN_FAILURE"), "")


def _message(event: Json) -> str:
    """Tell what happened, and for an error what caused it: Dagster wraps workshop code's exception in its own."""
    error = event.get("error") or {}
    causes = error.get("causes") or []
    # the innermost frame of the last cause is the line of code that raised it
    where = causes[-1]["stack"][-1:] if causes else []
    said = [event["message"], error.get("message") or "", *(cause["message"] for cause in causes), *where]
    return "\n".join(text.strip() for text in said if text.strip())


def _milliseconds(timestamp: str) -> datetime:
    return datetime.fromtimestamp(float(timestamp) / 1000, UTC)
