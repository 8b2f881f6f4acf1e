"""One deliberate click is one run, however often it arrives, in Prefect and in Dagster; another click is another."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from app.engine.errors import ServiceBusy
from app.engine.orchestrators.contract import Orchestrator, Target, Trigger
from app.settings import Settings
from tests.polling import wait_until
from tests.stack.conftest import (
    JOB,
    another_click,
    click_on,
    delete,
    new_dagster,
    new_prefect,
    unique,
    wait_for_end,
)
from tests.stack.lossy_proxy import losing_one_answer
from workshop.naming import LEARNER_TAG

STARTS_A_RUN = {"prefect": "create_flow_run", "dagster": "launchRun"}
CROWD = 30
PANELS = 4
SHORT_RUN_SECONDS = 20
DELIVERY_SECONDS = 120


@dataclass(frozen=True)
class Clicked:
    """A click that can be delivered any number of times."""

    client: Orchestrator
    trigger: Trigger
    settings: Settings

    def runs(self) -> list[str]:
        return [run.id for run in self.client.runs({LEARNER_TAG: self.trigger.learner})]

    def new_client(self, url: str = "") -> Orchestrator:
        """A client with no memory: that of a panel that was started again."""
        changes = {f"{self.client.name}_internal_url": url} if url else {}
        settings = self.settings.model_copy(update=changes)
        return new_prefect(settings) if self.client.name == "prefect" else new_dagster(settings)


@pytest.fixture(params=["prefect", "dagster"])
def clicked(request, stack, learner, prefect, dagster) -> Clicked:
    if request.param == "prefect":
        target = request.getfixturevalue("idle_target")
        return Clicked(prefect, click_on(target, learner, {"dataset": "sample"}), stack)
    return Clicked(dagster, click_on(dagster.target(JOB), learner, {}), stack)


def test_a_double_click_and_a_restarted_panel_find_the_same_run(clicked):
    first = clicked.client.trigger(clicked.trigger)
    assert clicked.client.trigger(clicked.trigger) == first
    assert clicked.new_client().trigger(clicked.trigger) == first
    assert clicked.runs() == [first]


def test_a_click_delivered_twice_at_the_same_moment_is_one_run(clicked):
    with ThreadPoolExecutor(2) as pool:
        answers = set(pool.map(clicked.client.trigger, [clicked.trigger] * 2))
    assert answers == set(clicked.runs())
    assert len(answers) == 1


def test_a_click_that_timed_out_after_it_was_delivered_is_one_run(clicked):
    url = clicked.settings.internal_url(clicked.client.name)
    with losing_one_answer(url, STARTS_A_RUN[clicked.client.name]) as (proxy_url, lost):
        answer = clicked.new_client(proxy_url).trigger(clicked.trigger)
        wait_until(lost.is_set, 60, "the first request was delivered after all")
    assert clicked.runs() == [answer]


def test_another_click_is_another_run(clicked):
    first = clicked.client.trigger(clicked.trigger)
    second = clicked.client.trigger(another_click(clicked.trigger))
    assert sorted(clicked.runs()) == sorted({first, second})


def test_the_same_click_number_of_two_learners_is_two_runs(prefect, idle_target, learner):
    mine = click_on(idle_target, learner, {"dataset": "sample"})
    theirs = Trigger(**{**vars(mine), "learner": f"{learner}-too"})
    assert prefect.trigger(mine) != prefect.trigger(theirs)


@pytest.fixture
def short_target(stack, prefect, prefect_api) -> Iterator[Target]:
    """A flow that ends at once, run by the stack's worker."""
    file = stack.workspace / "short_flow.py"
    file.write_text("from prefect import flow\n\n\n@flow\ndef short():\n    print('done')\n")
    flow = prefect_api.post("/api/flows/", {"name": "short"})
    body = {"name": unique("crowd"), "flow_id": flow["id"], "entrypoint": "short_flow.py:short", "path": "."}
    body |= {"work_pool_name": stack.work_pool, "parameter_openapi_schema": {"type": "object", "properties": {}}}
    created = prefect_api.post("/api/deployments/", body)
    yield prefect.target(f"short/{body['name']}")
    delete(prefect_api, f"/api/deployments/{created['id']}")
    file.unlink()


def deliver(client: Orchestrator, trigger: Trigger) -> str:
    """Send a click until it is answered, as its page does when Prefect is too busy to answer."""

    def send() -> str:
        try:
            return client.trigger(trigger)
        except ServiceBusy:
            return ""

    return wait_until(send, DELIVERY_SECONDS, "the click is answered")


def test_thirty_triggers_at_the_same_moment_all_run_once_each(stack, prefect, prefect_api, short_target, learner):
    triggers = [click_on(short_target, learner, {}, stack.workspace) for _ in range(CROWD)]
    with ThreadPoolExecutor(CROWD) as pool:
        answers = set(pool.map(lambda trigger: deliver(prefect, trigger), triggers))
    assert len(answers) == CROWD

    ended = [wait_for_end(prefect, run_id, CROWD * SHORT_RUN_SECONDS) for run_id in answers]
    assert [(run.state, run.message) for run in ended if run.state != "Completed"] == []
    assert {run.id for run in prefect.runs({LEARNER_TAG: learner})} == answers
    assert {prefect_api.get(f"/api/flow_runs/{run_id}")["run_count"] for run_id in answers} == {1}


def test_triggers_of_several_panels_at_once_all_arrive(stack, idle_target, learner):
    panels = [new_prefect(stack) for _ in range(4)]
    with ThreadPoolExecutor(len(panels)) as pool:
        answers = pool.map(lambda panel: panel.trigger(click_on(idle_target, learner, {})), panels)
    assert {run.id for run in panels[0].runs({LEARNER_TAG: learner})} == set(answers)


def test_clicks_on_dagster_that_arrive_together_are_launched_side_by_side_and_one_twice_is_one_run(dagster, learner):
    target = dagster.target(JOB)
    triggers = [click_on(target, learner, {}) for _ in range(PANELS)]
    deliveries = [*triggers, triggers[0]]
    seconds: list[tuple[float, float]] = []

    def launch(trigger: Trigger) -> str:
        began = time.monotonic()
        run_id = dagster.trigger(trigger)
        seconds.append((began, time.monotonic()))
        return run_id

    with ThreadPoolExecutor(len(deliveries)) as pool:
        answers = list(pool.map(launch, deliveries))
    assert answers[0] == answers[-1]
    assert len(set(answers)) == PANELS
    assert {run.id for run in dagster.runs({LEARNER_TAG: learner})} == set(answers)
    launches = sorted(seconds)
    assert launches[1][0] < launches[0][1], launches
    print(f"the last of {len(deliveries)} launches took {max(end - begin for begin, end in seconds):.1f} s")
