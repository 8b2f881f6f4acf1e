"""Given to Python inside the panel's container: start steps with the panel's own code, wait, check, print JSON.

Arguments: ids of steps. Printed: one object a step, with the run's state, its log, its goals and its links.
"""

import json
import sys
import time
from dataclasses import dataclass
from uuid import uuid4

from app.engine.checks import run_checks
from app.engine.dagster_client import Dagster
from app.engine.evidence import ServiceEvidence
from app.engine.mlflow_client import MlflowStore
from app.engine.models import Orchestrator, RunSnapshot, Trigger
from app.engine.parameters import defaults, merge
from app.engine.prefect_client import Prefect
from app.engine.source_code import code_hash
from app.engine.steps import Step, discover, find
from app.settings import get_settings
from workshop.naming import SOLO_LEARNER

SETTINGS = get_settings()
PREFECT = Prefect(SETTINGS.internal_url("prefect"), SETTINGS.public_url("prefect"), SETTINGS.work_pool)
DAGSTER = Dagster(SETTINGS.internal_url("dagster"), SETTINGS.public_url("dagster"))
MLFLOW = MlflowStore(SETTINGS.internal_url("mlflow"), SETTINGS.public_url("mlflow"))
DEADLINE_SECONDS = 240.0


@dataclass(frozen=True)
class Clicked:
    """A step's first button, clicked."""

    step: Step
    client: Orchestrator
    run_id: str


def click(step: Step) -> Clicked:
    action = step.actions[0]
    client: Orchestrator = PREFECT if action.orchestrator == "prefect" else DAGSTER
    target = client.target(action.target_of(SOLO_LEARNER))
    assert not client.blockers(target), client.blockers(target)
    parameters = merge(defaults(target.schema), action.parameters)
    trigger = Trigger(
        SOLO_LEARNER,
        step.id,
        target,
        parameters,
        uuid4().hex,
        code_hash(SETTINGS.workspace),
        SETTINGS.workspace,
    )
    return Clicked(step, client, client.trigger(trigger))


def wait(clicked: Clicked) -> RunSnapshot:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        snapshot = clicked.client.snapshot(clicked.run_id)
        if snapshot.run.phase.is_final or time.monotonic() > deadline:
            return snapshot
        time.sleep(1)


def report(clicked: Clicked) -> dict[str, object]:
    snapshot = wait(clicked)
    evidence = ServiceEvidence(SOLO_LEARNER, clicked.step.id, PREFECT, DAGSTER, MLFLOW)
    goals = run_checks(clicked.step.check_file, evidence)
    tracked = MLFLOW.runs_made_by(snapshot.run)
    return {
        "step": clicked.step.id,
        "state": snapshot.run.state,
        "log": [line.message for line in snapshot.logs],
        "missed": [goal.title for goal in goals if goal.verdict is None or not goal.verdict.passed],
        "links": [clicked.client.run_url(clicked.run_id), *(MLFLOW.run_url(run) for run in tracked)],
    }


def main() -> None:
    steps = discover(SETTINGS.workspace)
    wanted = [step for name in sys.argv[1:] if (step := find(steps, name))]
    print(json.dumps([report(clicked) for clicked in [click(step) for step in wanted]]))


main()
