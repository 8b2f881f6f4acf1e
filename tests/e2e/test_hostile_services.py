"""A flow run, an MLflow run and a model whose every word is hostile: the pages show the words, and load nothing."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from mlflow import MlflowClient
from playwright.sync_api import Page, expect

from app.settings import Settings
from tests.e2e.panel import expect_to_be_drawn
from tests.hostile import PIXEL
from workshop.naming import PREFECT_RUN_TAG

NAME = f"![x]({PIXEL}) :smile: <img src={PIXEL}> *a*"
MESSAGE = f"__init__() got {NAME}\n# [x]({PIXEL})\n$x^2$ www.evil.example"
STATE = "Skipped $1 of $2 *files* ![x](http://evil.example)"
PLACES = (("panel", ""), ("prefect", "runs/flow-run/"), ("mlflow", "#/experiments/"), ("mlflow", "#/models/"))
TASKS = ("2024-01-01", "train", "train", "<a href='http://evil.example'>x</a> " + "y" * 60)


@pytest.fixture(scope="module")
def flow_run(stack: Settings) -> Iterator[str]:
    """The id of a failed flow run, with task runs of which two have one name."""
    with httpx.Client(base_url=stack.prefect_api_url, trust_env=False) as prefect:

        def post(path: str, body: dict[str, Any]) -> Any:
            return prefect.post(path, json=body).raise_for_status().json()

        def end(path: str, state_type: str, name: str, message: str) -> None:
            for state in ({"type": "RUNNING"}, {"type": state_type, "name": name, "message": message}):
                post(f"{path}/set_state", {"state": state, "force": True})

        flow = post("/flows/", {"name": f"hostile-{uuid4().hex[:6]}"})["id"]
        body = {"flow_id": flow, "name": NAME, "parameters": {NAME: NAME, "plain": 1}, "tags": [NAME]}
        run = post("/flow_runs/", body)["id"]
        for number, task in enumerate(TASKS):
            body = {"flow_run_id": run, "task_key": "t", "dynamic_key": str(number), "name": task}
            end(f"/task_runs/{post('/task_runs/', body)['id']}", "COMPLETED", STATE, "")
        end(f"/flow_runs/{run}", "FAILED", STATE, MESSAGE)
        yield run
        prefect.delete(f"/flow_runs/{run}").raise_for_status()
        prefect.delete(f"/flows/{flow}").raise_for_status()


@pytest.fixture(scope="module")
def tracked(stack: Settings, flow_run: str) -> Iterator[tuple[str, str]]:
    """The name of a model with one version, and the id of the MLflow run that it comes from."""
    client, model = MlflowClient(stack.internal_url("mlflow")), f'it\'s "{NAME[:40]}"'.replace("/", "").replace(":", "")
    experiment = client.create_experiment(NAME.replace("/", "")[:60])
    run = client.create_run(experiment, run_name=NAME, tags={PREFECT_RUN_TAG: flow_run, "note": NAME})
    client.log_param(run.info.run_id, "dataset", NAME)
    client.log_metric(run.info.run_id, "roc_auc", 0.9)
    client.create_registered_model(model)
    client.create_model_version(model, f"runs:/{run.info.run_id}/model", run.info.run_id, tags={"note": NAME})
    client.set_registered_model_alias(model, "__prod__", "1")
    yield model, run.info.run_id
    client.delete_registered_model(model)
    client.delete_experiment(experiment)


def expect_nothing_of_it_to_be_more_than_text(page: Page, stack: Settings) -> None:
    """See that every link leads to a page of the stack's own, and that no picture is loaded."""
    expect_to_be_drawn(page)
    main = page.get_by_test_id("stMain")
    expect(main.locator(f"img[src*='{PIXEL}'], img[src*=evil]")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    ours = tuple(f"{stack.public_url(name)}/{path}" for name, path in PLACES)
    links = main.locator("a").evaluate_all("all => all.map(e => e.href)")
    assert [link for link in links if not link.startswith(ours)] == []


@pytest.mark.usefixtures("tracked")
def test_a_run_is_shown_in_its_own_words(page: Page, stack: Settings, flow_run: str):
    page.goto(f"/part1_tasks_flows?run={flow_run}")
    expect(page.get_by_text(MESSAGE.splitlines()[0])).to_be_visible()
    expect(page.locator(".st-key-run_head")).to_contain_text(STATE)
    expect(page.locator(".st-key-run_strip").get_by_role("link").first).to_contain_text(NAME)
    chart = page.locator(".js-plotly-plot").first
    expect(chart.locator(".yaxislayer-above .ytick, .yaxislayer-below .ytick")).to_have_count(len(TASKS))
    expect(chart.get_by_text("2024-01-01")).to_be_visible()
    expect(chart.get_by_text("<a href='http://evil.exampl…")).to_be_visible()
    expect_nothing_of_it_to_be_more_than_text(page, stack)


@pytest.mark.usefixtures("tracked")
def test_the_board_shows_its_words(page: Page, stack: Settings):
    page.goto("/live")
    expect(page.locator(".st-key-board_arriving")).to_contain_text(NAME[:20])
    expect_nothing_of_it_to_be_more_than_text(page, stack)


def test_the_tables_and_comparisons_show_their_words(page: Page, stack: Settings, tracked: tuple[str, str]):
    model, run = tracked
    page.goto(f"/runs?runs={run}&experiment=")
    expect_nothing_of_it_to_be_more_than_text(page, stack)
    page.goto("/models")
    box = page.get_by_role("combobox", name="Registered model")
    box.click()
    page.get_by_role("option", name=model, exact=True).click()
    expect(page.get_by_text("__prod__ is version 1")).to_be_visible()
    expect_nothing_of_it_to_be_more_than_text(page, stack)
