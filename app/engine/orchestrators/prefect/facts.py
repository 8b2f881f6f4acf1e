"""Turn what Prefect's API answers into facts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

from app.engine.orchestrators.contract import LogLine
from app.engine.orchestrators.prefect.states import phase_of
from app.engine.orchestrators.prefect.tool import PREFECT
from workshop.facts import Attempt, Run, RunPhase, Schedule, TaskRun
from workshop.naming import LEARNER_TAG, tags_to_labels

LEVELS = {10: "debug", 20: "info", 30: "warning", 40: "error", 50: "critical"}
Json = Mapping[str, Any]


def time_from(value: str | None) -> datetime | None:
    """Read Prefect's timestamps, if there are any."""
    return datetime.fromisoformat(value) if value else None


def run_from(flow_run: Json, deployment: str) -> Run:
    """Read a flow run."""
    state = flow_run["state"] or {}
    return Run(
        orchestrator=PREFECT.name,
        id=flow_run["id"],
        name=flow_run["name"],
        target=deployment,
        state=state.get("name") or "",
        phase=phase_of(state.get("type")),
        due=due_from(flow_run),
        started=time_from(flow_run["start_time"]),
        ended=time_from(flow_run["end_time"]),
        parameters=flow_run["parameters"],
        tags=tags_to_labels(flow_run["tags"]),
        message=state.get("message") or "",
        schedule_id=schedule_of(flow_run),
    )


def due_from(flow_run: Json) -> datetime:
    """Read when a flow run was to start: at the click, or when its schedule says."""
    moments = time_from(flow_run["created"]), time_from(flow_run.get("expected_start_time"))
    return max(moment for moment in moments if moment)


def schedule_of(flow_run: Json) -> str:
    """Read which schedule made a flow run, or an empty text when it was none."""
    maker = flow_run.get("created_by") or {}
    return str(maker["id"]) if maker.get("type") == "SCHEDULE" else ""


def task_run_from(task_run: Json, history: Sequence[Json]) -> TaskRun:
    """Read a task run. `history` holds its states, and may be empty when there was one attempt."""
    state = task_run["state"] or {}
    started, ended = time_from(task_run["start_time"]), time_from(task_run["end_time"])
    phase = phase_of(state.get("type"))
    name = state.get("name") or ""
    attempts = attempts_from(history)
    if not attempts and started:
        attempts = (Attempt(1, name, phase, started, ended),)
    inputs = [entry for entries in task_run["task_inputs"].values() for entry in entries]
    upstream = tuple(dict.fromkeys(entry["id"] for entry in inputs if entry.get("input_type") == "task_run"))
    stored = state.get("data") or {}
    policy = task_run.get("empirical_policy") or {}
    return TaskRun(
        id=task_run["id"],
        name=task_run["name"],
        state=name,
        phase=phase,
        started=started,
        ended=ended,
        upstream=upstream,
        attempts=attempts,
        retries=policy.get("retries") or 0,
        retry_delays=_retry_delays(policy.get("retry_delay")),
        result_key=str(stored.get("storage_key") or "").rpartition("/")[2],
        result_expires=time_from(stored.get("expiration")),
    )


def _retry_delays(written: object) -> tuple[float, ...]:
    """Read a policy's delays: a number, a list of them, or nothing."""
    if isinstance(written, list):
        return tuple(float(seconds) for seconds in written)
    return (float(written),) if isinstance(written, int | float) else ()


def attempts_from(history: Sequence[Json]) -> tuple[Attempt, ...]:
    """Cut a task run's states into attempts: each begins with a RUNNING state and ends with the next state."""
    states = sorted((state for state in history if state["type"] != "CANCELLING"), key=lambda state: state["timestamp"])
    attempts: list[Attempt] = []
    for state, following in zip_longest(states, states[1:]):
        if state["type"] != "RUNNING":
            continue
        outcome = following or state
        phase = phase_of(outcome["type"])
        # what goes on waiting (AwaitingRetry) or running (Retrying, when there is no delay) has failed before
        if following and not phase.is_final:
            phase = RunPhase.FAILED
        ended = time_from(following["timestamp"]) if following else None
        started = datetime.fromisoformat(state["timestamp"])
        attempts.append(Attempt(len(attempts) + 1, outcome["name"], phase, started, ended))
    return tuple(attempts)


def log_line_from(line: Json, task_names: Mapping[str, str]) -> LogLine:
    """Read a log line. `task_names` maps ids of task runs to their names."""
    level = LEVELS.get(line["level"], str(line["level"]))
    source = task_names.get(line["task_run_id"] or "", "")
    moment, task = datetime.fromisoformat(line["timestamp"]), line["task_run_id"] or ""
    return LogLine(moment, level, source, line["message"], task)


def schedules_from(deployment: Json, name: str, upcoming: Sequence[Json]) -> list[Schedule]:
    """Read a deployment's schedules. `upcoming` holds its flow runs to come, soonest first. A paused one has none."""
    return [
        Schedule(
            id=entry["id"],
            words=schedule_words(entry["schedule"]),
            is_active=entry["active"] and not deployment.get("paused"),
            next_at=tuple(
                datetime.fromisoformat(run["expected_start_time"])
                for run in upcoming
                if schedule_of(run) == entry["id"]
            ),
            target=name,
            learner=tags_to_labels(deployment.get("tags", [])).get(LEARNER_TAG, ""),
            orchestrator=PREFECT.name,
        )
        for entry in deployment["schedules"]
    ]


def schedule_words(schedule: Json) -> str:
    """Write a schedule as Prefect's own UI would, in short."""
    if "cron" in schedule:
        return str(schedule["cron"])
    if "interval" in schedule:
        return f"every {float(schedule['interval']):g} s"
    return str(schedule.get("rrule", ""))
