"""Runs, Models, Home and a service that is away for a while."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.engine.stack.local.supervisor import StackControl
from app.settings import Settings
from tests.e2e.panel import PATIENCE, PHONE, badge, choose, expect_to_be_drawn, expect_to_fit_a_phone, open_step, tick

DRAWN = "RecalcStyleCount"
REST_SECONDS = 4
DRAWN_A_SECOND = 40
"""What polls draws some ten times a second."""


@pytest.mark.usefixtures("trained")
def test_two_runs_are_compared(page: Page):
    page.goto("/runs")
    expect(page.get_by_text(re.compile(r"^\d+ runs in \d+ experiments$"))).to_be_visible()
    expect(page.get_by_text("Tick two or more runs in the table.")).to_be_visible()
    tick(page, 2)
    expect(page.get_by_role("button", name="Clear")).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("Made by")
    page.reload()
    expect(page.get_by_role("table")).to_contain_text("Made by")


@pytest.mark.usefixtures("trained")
def test_runs_are_filtered_and_a_bad_filter_is_explained(page: Page):
    page.goto("/runs")
    count = page.get_by_text(re.compile(r"^\d+ runs? in"))
    every_run = count.inner_text()
    search = page.get_by_role("textbox", name="Search")
    search.fill("params.dataset = 'cdnow'")
    search.press("Enter")
    expect(count).not_to_have_text(every_run)
    search.fill("metrics.roc_auc >")
    search.press("Enter")
    expect(page.get_by_text("MLflow refused")).to_be_visible()
    expect(page.get_by_text("A condition looks like")).to_be_visible()
    search.fill("metrics.roc_auc > 0.999")
    search.press("Enter")
    page.get_by_role("button", name="Clear the filter").click()
    expect(search).to_have_value("")
    expect(page.get_by_text(re.compile(r"^\d+ runs in \d+ experiments$"))).to_be_visible()


@pytest.mark.usefixtures("trained")
def test_two_versions_are_compared(page: Page):
    page.goto("/models")
    expect(page.get_by_text("challenger is version")).to_be_visible()
    tick(page, 2)
    table = page.get_by_role("table")
    expect(table).to_contain_text("Source run")
    expect(table).to_contain_text("Aliases")
    expect(page.get_by_text("The data sets differ")).to_be_visible()
    choose(page, "Metric", "accuracy")
    expect(page.get_by_text("accuracy ↑").first).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/part5_full_pipeline", "/assets", "/runs", "/models"])
def test_a_phone_shows_every_page_without_scrolling_sideways(page: Page, path: str):
    page.set_viewport_size(PHONE)
    page.goto(path)
    expect_to_be_drawn(page)
    expect_to_fit_a_phone(page)


def test_a_service_that_is_down_darkens_its_own_part_and_comes_back(page: Page, stack: Settings):
    control = StackControl(stack)
    open_step(page, "part1_tasks_flows", "Tasks & flows")
    expect(page.get_by_role("button", name="Run the flow")).to_be_enabled()
    control.stop("mlflow")
    try:
        page.goto("/models")
        expect(page.get_by_text("MLflow does not answer").first).to_be_visible()
        page.goto("/")
        expect(badge(page, "down")).to_have_count(1)
        open_step(page, "part1_tasks_flows", "Tasks & flows")
        expect(page.get_by_role("button", name="Run the flow")).to_be_enabled()
        page.goto("/")
        expect(badge(page, "down")).to_have_count(1)
    finally:
        control.start("mlflow")
    expect(badge(page, "down")).to_have_count(0, timeout=3 * PATIENCE)


def test_the_fault_dial_comes_back_by_itself(page: Page, stack: Settings):
    control = StackControl(stack)
    control.stop("unreliable-api")
    try:
        open_step(page, "part2_resilience", "Resilience")
        dial = page.locator(".st-key-fault_dial")
        expect(dial.get_by_text("does not answer")).to_be_visible()
    finally:
        control.start("unreliable-api")
    expect(dial.get_by_role("button", name="Turn the dial")).to_be_visible()
    expect(dial.get_by_text("does not answer")).to_have_count(0)


def test_a_run_that_does_not_exist_is_a_sentence(page: Page):
    page.goto("/part1_tasks_flows?run=00000000-0000-0000-0000-000000000000")
    expect(page.get_by_text("Prefect has no flow run").first).to_be_visible()
    expect(page.get_by_role("button", name="Run the flow")).to_be_visible()


def test_a_page_at_rest_is_not_drawn_again_and_again(page: Page):
    """A transition that never ends has a browser draw 60 times a second, on a laptop that also runs the flows."""
    open_step(page, "part2_resilience", "Resilience")
    expect(page.get_by_text("Hints, one at a time")).to_be_visible()
    browser = page.context.new_cdp_session(page)
    browser.send("Performance.enable")

    def drawn() -> float:
        return next(
            each["value"] for each in browser.send("Performance.getMetrics")["metrics"] if each["name"] == DRAWN
        )

    page.wait_for_timeout(REST_SECONDS * 1_000)
    before = drawn()
    page.wait_for_timeout(REST_SECONDS * 1_000)
    assert drawn() - before < REST_SECONDS * DRAWN_A_SECOND
