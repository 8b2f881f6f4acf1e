"""Make runs, tasks and models as the services would have recorded them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.engine.orchestrators.contract import LogLine, RunSnapshot
from workshop.facts import Attempt, MlflowRun, ModelVersion, Run, RunPhase, TaskRun
from workshop.naming import LEARNER_TAG, STEP_TAG

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
RUN = Run("prefect", "r1", "calm-owl", "flow/part1", "Completed", RunPhase.SUCCEEDED, NOW)
STATES = {
    RunPhase.WAITING: "AwaitingRetry",
    RunPhase.RUNNING: "Running",
    RunPhase.SUCCEEDED: "Completed",
    RunPhase.FAILED: "Crashed",
    RunPhase.CANCELLED: "Cancelled",
    RunPhase.UNKNOWN: "Hibernating",
}
"""A state of each phase, in Prefect's words."""


def at(second: float) -> datetime:
    """Give a moment, in seconds from `NOW`."""
    return NOW + timedelta(seconds=second)


def run_in(phase: RunPhase = RunPhase.SUCCEEDED, **changes: Any) -> Run:
    """Make a flow run in a phase.

    It was made at 0 s, began at 1 s and, if it is over, ended at 6 s.
    """
    started = None if phase is RunPhase.WAITING else at(1)
    ended = at(6) if phase.is_final else None
    changed = {"state": STATES[phase], "phase": phase, "started": started, "ended": ended} | changes
    return replace(RUN, **changed)


def step_run(learner: str, step: str, phase: RunPhase = RunPhase.SUCCEEDED, **tags: str) -> Run:
    """Make a flow run that a learner started from a step."""
    return run_in(phase, id=f"{learner}-{step}", tags={LEARNER_TAG: learner, STEP_TAG: step} | tags)


def attempt(
    number: int, start: float, end: float | None, phase: RunPhase = RunPhase.SUCCEEDED, state: str = ""
) -> Attempt:
    """Make an attempt, in seconds from `NOW`."""
    return Attempt(number, state or STATES[phase], phase, at(start), None if end is None else at(end))


def task(name: str, *attempts: Attempt, phase: RunPhase = RunPhase.SUCCEEDED, state: str = "") -> TaskRun:
    """Make a task run with these attempts."""
    return TaskRun(f"id-of-{name}", name, state or STATES[phase], phase, attempts=attempts)


def snapshot(*tasks: TaskRun, run: Run | None = None, logs: tuple[LogLine, ...] = (), taken: float = 10) -> RunSnapshot:
    """Make the snapshot of a run at one moment."""
    return RunSnapshot(run or run_in(), tasks, logs, at(taken))


def tracked(number: int, start: float = 0, dataset: str = "sample", **metrics: float) -> MlflowRun:
    """Make an MLflow run, trained on a data set."""
    params, tags = {"dataset": dataset}, {LEARNER_TAG: "ada"}
    return MlflowRun(f"m{number}", f"forest-{number}", "churn", "1", "FINISHED", at(start), None, params, metrics, tags)


def version(number: int, *aliases: str, **metrics: float) -> ModelVersion:
    """Make a version of the churn model."""
    return ModelVersion("churn-predictor", number, f"m{number}", at(number), aliases, metrics=metrics)
