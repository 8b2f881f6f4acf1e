"""Prefect's and Dagster's own pages work behind the guard, under both names of this machine: start a run, watch it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.panel import PATIENCE
from workshop.facts import RunPhase

NAMES = ("127.0.0.1", "localhost")
PART1 = "tasks-and-flows/part1_tasks_flows"
JOB = "churn_training_job"


@pytest.fixture(autouse=True)
def asks_nobody_else() -> None:
    """Prefect's page, opened as localhost, asks 127.0.0.1."""


@pytest.fixture(params=NAMES)
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def nothing_is_refused(page: Page) -> Iterator[None]:
    """Fail when a page of the tool's own got 403 for anything."""
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status == 403 else None)
    yield
    assert refused == []


def test_a_run_started_in_prefects_page_is_watched_live(page, stack, prefect, host):
    deployment = prefect.target(PART1).id
    page.goto(f"http://{host}:{stack.prefect_port}/deployments/deployment/{deployment}")
    page.get_by_role("button", name="Run", exact=True).first.click()
    page.get_by_text("Quick run").first.click()
    view = page.get_by_role("button", name="View run").first
    expect(view).to_be_visible()
    view.dispatch_event("click")  # the notice moves
    expect(page).to_have_url(re.compile("/runs/flow-run/"))
    run_id = page.url.partition("/flow-run/")[2][:36]
    page.goto(page.url)  # the former page's runs are gone, then
    expect(page.get_by_text(re.compile("Scheduled|Pending|Running")).first).to_be_visible()
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible(timeout=2 * PATIENCE)
    assert prefect.run(run_id).phase is RunPhase.SUCCEEDED


def test_a_run_launched_in_dagsters_page_is_watched_live(page, stack, host):
    page.goto(f"http://{host}:{stack.dagster_port}/locations/workshop/jobs/{JOB}/playground")
    skip, launch = page.get_by_role("button", name="Skip"), page.get_by_role("button", name="Launch run")
    expect(launch).to_be_enabled(timeout=2 * PATIENCE)
    page.add_locator_handler(skip, lambda: skip.click())
    launch.click()
    expect(page).to_have_url(re.compile("/runs/"))
    expect(page.get_by_text("Success", exact=True).first).to_be_visible(timeout=2 * PATIENCE)
