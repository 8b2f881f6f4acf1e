"""Clients of the running stack, runs to look at, and targets that no worker picks up."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from app.engine.curriculum.evidence import ServiceEvidence
from app.engine.curriculum.source_code import code_hash
from app.engine.errors import ServiceRefused, WorkshopError
from app.engine.orchestrators.contract import ApiRequest, Orchestrator, Parameters, Target, Trigger
from app.engine.orchestrators.dagster.client import Dagster
from app.engine.orchestrators.prefect.client import Prefect
from app.engine.orchestrators.transport import Transport
from app.engine.tracking.client import MlflowStore
from app.settings import ROOT, Settings
from tests.polling import wait_for_end
from workshop.facts import Run, RunPhase
from workshop.naming import LEARNER_TAG

PART1 = "tasks-and-flows/part1_tasks_flows"
PART5 = "churn-pipeline/part5_full_pipeline"
JOB = "churn_training_job"
DATASETS = ("sample", "cdnow")
NOBODY = "nobody-polls"
PATIENCE_SECONDS = 15.0


def unique(word: str) -> str:
    """A name that no other test has."""
    return f"{word}-{uuid.uuid4().hex[:8]}"


def new_prefect(settings: Settings) -> Prefect:
    return Prefect(settings.internal_url("prefect"), settings.public_url("prefect"), settings.work_pool)


def new_dagster(settings: Settings) -> Dagster:
    return Dagster(settings.internal_url("dagster"), settings.public_url("dagster"))


def click_on(target: Target, learner: str, parameters: Parameters, workspace: Path = ROOT) -> Trigger:
    """A click on a button that was not clicked before."""
    step = "assets" if target.orchestrator == "dagster" else target.name.partition("/")[2]
    return Trigger(learner, step, target, parameters, unique("click"), code_hash(workspace), workspace)


@pytest.fixture(scope="session")
def prefect(stack: Settings) -> Prefect:
    return new_prefect(stack)


@pytest.fixture(scope="session")
def dagster(stack: Settings) -> Dagster:
    return new_dagster(stack)


@pytest.fixture(scope="session")
def mlflow_store(stack: Settings) -> MlflowStore:
    return MlflowStore(stack.internal_url("mlflow"), stack.public_url("mlflow"))


@pytest.fixture(scope="session")
def prefect_api(stack: Settings) -> Transport:
    """Prefect's API itself, for what the panel has no verb for."""
    return Transport("Prefect", stack.internal_url("prefect"))


def delete(api: Transport, path: str) -> None:
    api.send(ApiRequest("DELETE", api.base_url, api.base_url, path, {}))


@pytest.fixture
def learner(prefect: Prefect, dagster: Dagster) -> Iterator[str]:
    """A learner of this test's own; what still runs of theirs at the end is cancelled."""
    name = unique("learner")
    yield name
    for client in (prefect, dagster):
        for run in client.runs({LEARNER_TAG: name}):
            if not run.phase.is_final:
                with suppress(WorkshopError):  # it has ended meanwhile
                    client.cancel(run.id)


@pytest.fixture
def idle_target(prefect: Prefect, prefect_api: Transport) -> Iterator[Target]:
    """Part 1 in a pool that no worker polls: its runs are created and cost nothing."""
    with suppress(ServiceRefused):  # there already
        prefect_api.post("/api/work_pools/", {"name": NOBODY, "type": "process"}, PATIENCE_SECONDS)
    original = prefect_api.get(f"/api/deployments/name/{PART1}")
    name = unique("idle")
    body = {key: original[key] for key in ("flow_id", "entrypoint", "path", "parameter_openapi_schema")}
    body |= {"name": name, "work_pool_name": NOBODY, "enforce_parameter_schema": True}
    created = prefect_api.post("/api/deployments/", body, PATIENCE_SECONDS)
    yield prefect.target(f"{PART1.partition('/')[0]}/{name}")
    query = {"deployments": {"id": {"any_": [created["id"]]}}, "limit": 200}
    for run in prefect_api.post("/api/flow_runs/filter", query):
        delete(prefect_api, f"/api/flow_runs/{run['id']}")
    delete(prefect_api, f"/api/deployments/{created['id']}")


@dataclass(frozen=True)
class Finished:
    """A run of a step that has ended, and what a check may ask about it."""

    run: Run
    evidence: ServiceEvidence

    @property
    def client(self) -> Orchestrator:
        return self.evidence.orchestrators[self.run.orchestrator]


@pytest.fixture(scope="session")
def finished(prefect: Prefect, dagster: Dagster, mlflow_store: MlflowStore) -> Callable[[str, str], Finished]:
    """Real runs of the three steps: (step, data set) → what came of it; they run once, side by side."""
    clients: dict[str, Orchestrator] = {"prefect": prefect, "dagster": dagster}

    def click(dataset: str) -> list[Trigger]:
        return [
            click_on(prefect.target(PART1), unique(dataset), {"dataset": dataset}),
            click_on(prefect.target(PART5), unique(dataset), {"dataset": dataset}),
            click_on(dagster.target(JOB), unique(dataset), {"raw_customers": {"dataset": dataset}}),
        ]

    @cache
    def run_all() -> dict[tuple[str, str], Finished]:
        triggers = [(dataset, trigger) for dataset in DATASETS for trigger in click(dataset)]
        started = [(each, clients[each.target.orchestrator]) for _, each in triggers]
        run_ids = [client.trigger(trigger) for trigger, client in started]
        runs = [wait_for_end(client, run_id) for (_, client), run_id in zip(started, run_ids, strict=True)]
        return {
            (each.step, dataset): Finished(run, ServiceEvidence(each.learner, each.step, clients, mlflow_store))
            for (dataset, each), run in zip(triggers, runs, strict=True)
        }

    def find(step: str, dataset: str) -> Finished:
        finished_run = run_all()[step, dataset]
        assert finished_run.run.phase is RunPhase.SUCCEEDED, finished_run.run
        return finished_run

    return find


def another_click(trigger: Trigger) -> Trigger:
    """The same learner clicks the same button once more."""
    return replace(trigger, click=unique("click"))
