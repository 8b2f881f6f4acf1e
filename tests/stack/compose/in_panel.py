"""Given to Python inside the panel's container: start steps with the panel's own code, wait, check, print JSON.

Arguments: ids of steps. Printed: one object a step, with the run's state, its log, its goals and its links.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

from app.engine.curriculum.checks import Goal, run_checks
from app.engine.curriculum.evidence import ServiceEvidence
from app.engine.curriculum.source_code import code_hash
from app.engine.curriculum.steps import Step, discover, find
from app.engine.errors import ServiceDown
from app.engine.orchestrators.contract import Orchestrator, Trigger
from app.engine.orchestrators.dagster.client import Dagster
from app.engine.orchestrators.parameters import defaults, merge
from app.engine.orchestrators.prefect.client import Prefect
from app.engine.tracking.client import MlflowStore
from app.settings import get_settings
from workshop.naming import SOLO_LEARNER

SETTINGS = get_settings()
PREFECT = Prefect(SETTINGS.internal_url("prefect"), SETTINGS.public_url("prefect"), SETTINGS.work_pool)
DAGSTER = Dagster(SETTINGS.internal_url("dagster"), SETTINGS.public_url("dagster"))
MLFLOW = MlflowStore(SETTINGS.internal_url("mlflow"), SETTINGS.public_url("mlflow"))
DEADLINE = time.monotonic() + 480
RECORDED_SECONDS = 30
"""Prefect learns of a task run's end a moment after that of its flow run."""
T = TypeVar("T")


@dataclass(frozen=True)
class Clicked:
    """A step's first button, clicked."""

    step: Step
    client: Orchestrator
    run_id: str


def wait_for(ask: Callable[[], T], is_enough: Callable[[T], bool]) -> T:
    """Ask until the answer is enough; on a busy machine a service may now and then take too long to answer."""
    while True:
        try:
            if is_enough(answer := ask()) or time.monotonic() > DEADLINE:
                return answer
        except ServiceDown:
            if time.monotonic() > DEADLINE:
                raise
        time.sleep(1)


def click(step: Step) -> Clicked:
    action = step.actions[0]
    client: Orchestrator = PREFECT if action.orchestrator == "prefect" else DAGSTER
    target = wait_for(lambda: client.target(action.target_of(SOLO_LEARNER)), bool)
    wait_for(lambda: client.blockers(target), lambda blockers: not blockers)
    trigger = Trigger(
        SOLO_LEARNER,
        step.id,
        target,
        merge(defaults(target.schema), action.parameters),
        uuid4().hex,
        code_hash(SETTINGS.workspace),
        SETTINGS.workspace,
    )
    return Clicked(step, client, client.trigger(trigger))


def reached(goal: Goal) -> bool:
    return bool(goal.verdict and goal.verdict.passed)


def report(clicked: Clicked) -> dict[str, object]:
    snapshot = wait_for(lambda: clicked.client.snapshot(clicked.run_id), lambda seen: seen.run.phase.is_final)
    evidence = ServiceEvidence(SOLO_LEARNER, clicked.step.id, {"prefect": PREFECT, "dagster": DAGSTER}, MLFLOW)
    recorded = time.monotonic() + RECORDED_SECONDS
    goals = wait_for(
        lambda: run_checks(clicked.step.check_file, evidence),
        lambda seen: (
            all(goal.verdict for goal in seen) and (all(reached(goal) for goal in seen) or time.monotonic() > recorded)
        ),
    )
    tracked = wait_for(lambda: MLFLOW.runs_made_by(snapshot.run), lambda _: True)
    complete = wait_for(lambda: clicked.client.snapshot(clicked.run_id), lambda _: True)  # logs come after the state
    return {
        "step": clicked.step.id,
        "state": snapshot.run.state,
        "log": [line.message for line in complete.logs],
        "missed": [goal.title for goal in goals if not reached(goal)],
        "links": [clicked.client.run_url(clicked.run_id), *(MLFLOW.run_url(run) for run in tracked)],
    }


def main() -> None:
    steps = discover(SETTINGS.workspace)
    wanted = [step for name in sys.argv[1:] if (step := find(steps, name))]
    print(json.dumps([report(clicked) for clicked in [click(step) for step in wanted]]))


main()
