"""Run a step as a worker does, and ask the real services what happened."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.flow_engine import run_flow
from prefect.flows import load_flow_from_entrypoint

from app.engine.curriculum.checks import load_checks
from app.engine.curriculum.evidence import ServiceEvidence
from app.engine.orchestrators.prefect.client import Prefect
from app.engine.tracking.client import MlflowStore
from workshop.checking import Evidence, Verdict, judge
from workshop.deployments import create_deployment
from workshop.facts import Run, TaskRun
from workshop.naming import LEARNER_TAG, STEP_TAG, labels_to_tags

ROOT = Path(__file__).resolve().parents[2]
STEPS = ROOT / "workshop" / "prefect"
POOL = "tests"
T = TypeVar("T")
DEADLINE = 90


def live_evidence(prefect_api: str, step: str, learner: str, mlflow_url: str = "") -> ServiceEvidence:
    """Evidence read from a real Prefect API, and from a real MLflow server where one is named."""
    url = prefect_api.removesuffix("/api")
    mlflow: Any = MlflowStore(mlflow_url, mlflow_url) if mlflow_url else None
    return ServiceEvidence(learner, step, {"prefect": Prefect(url, url, POOL)}, mlflow)


def run_step(file: Path, flow_name: str, step: str, learner: str, **parameters: Any) -> None:
    """Register the flow of a file, trigger it with a learner's tags and run it to its end, whatever that is."""
    entrypoint = f"{file.relative_to(ROOT)}:{flow_name}"
    flow: Flow[..., Any] = load_flow_from_entrypoint(entrypoint)
    with get_client(sync_client=True) as client:
        labels = {STEP_TAG: step}
        deployment = create_deployment(client, flow, entrypoint=entrypoint, name=step, work_pool=POOL, labels=labels)
        tags = labels_to_tags(labels | {LEARNER_TAG: learner})
        flow_run = client.create_flow_run_from_deployment(deployment, parameters=parameters, tags=tags)
    run_flow(flow, flow_run=flow_run, return_type="state")


def recorded_tasks(evidence: Evidence, run: Run, count: int) -> Sequence[TaskRun]:
    """Wait until Prefect has recorded the end of this many task runs: it learns of them a moment later."""
    return wait_for(
        lambda: evidence.task_runs(run),
        lambda tasks: len(tasks) == count and all(task.phase.is_final for task in tasks),
    )


def wait_for(look: Callable[[], T], is_there: Callable[[T], bool], seconds: float = DEADLINE) -> T:
    """Look until what was looked for is there."""
    deadline = time.monotonic() + seconds
    while not is_there(value := look()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {value}"
        time.sleep(0.2)
    return value


def verdicts(step: str, evidence: Evidence) -> Mapping[str, Verdict]:
    """Ask every goal of a step, by the name of its function."""
    return {check.__name__: judge(check, evidence) for _, check in load_checks(STEPS / step / "check.py")}
