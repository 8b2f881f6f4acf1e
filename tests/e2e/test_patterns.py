"""The exercises of the Prefect workshop on their pages: what each pattern looks like, and the goals reached."""

import re
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.engine.prefect_client import Prefect
from app.engine.stack.local import StackControl
from tests.e2e.panel import PATIENCE, badge, compare_with, fill, open_step, run_to
from tests.workspaces import solved
from workshop.naming import LEARNER_TAG, STEP_TAG

RUN = "Run the flow"


@pytest.fixture
def solve(stack):
    """Solve a part when the test says so, until its end."""
    with ExitStack() as solutions:
        yield lambda part: solutions.enter_context(solved(stack.workspace, part))


def expect_goals(page: Page, passed: int, open_ones: int = 0) -> None:
    page.get_by_role("button", name="Check my work").click()
    expect(badge(page, "Passed")).to_have_count(passed)
    expect(badge(page, "Not yet")).to_have_count(open_ones)


def test_every_attempt_and_every_wait_is_seen_and_the_dial_decides(page: Page, solve):
    open_step(page, "part2_resilience", "Resilience")
    dial = page.locator(".st-key-fault_dial")
    expect(dial.get_by_text("the first 2 calls of each run")).to_be_visible()
    run_to(page, RUN, "Completed")
    expect(page.get_by_text("waits 2.0 s")).to_have_count(2)
    expect(page.get_by_role("cell", name="HTTPStatusError")).to_have_count(2)
    expect(dial.get_by_text("answered")).to_be_visible()
    expect_goals(page, 1, 2)
    page.get_by_text("Show the solution").click()
    expect(page.get_by_text("+@task(retries=3, retry_delay_seconds=[1, 2, 4]")).to_be_visible()

    fill(page, "Fail the first calls", "10")
    page.get_by_role("button", name="Turn the dial").click()
    expect(dial.get_by_text("the first 10 calls of each run")).to_be_visible()
    run_to(page, RUN, "Failed")
    expect(page.get_by_role("cell", name="HTTPStatusError")).to_have_count(4)
    fill(page, "Fail the first calls", "2")
    page.get_by_role("button", name="Turn the dial").click()
    expect(dial.get_by_text("the first 2 calls of each run")).to_be_visible()

    solve("part2_resilience")
    expect(page.get_by_text("retry_delay_seconds=[1, 2, 4]").first).to_be_visible()
    run_to(page, RUN, "Completed")
    expect(page.get_by_text("waits 1.0 s").first).to_be_visible()
    fill(page, "currency", "XYZ")
    run_to(page, RUN, "Failed")
    expect(page.get_by_role("cell", name="HTTPStatusError")).to_have_count(1)
    expect_goals(page, 3)


def test_a_stored_result_is_marked_and_two_runs_stand_beside_each_other(page: Page, solve):
    solve("part3_efficiency")
    open_step(page, "part3_efficiency", "Efficiency")
    run_to(page, RUN, "Completed")
    run_to(page, RUN, "Completed")
    expect(badge(page, "Cached")).to_have_count(1)
    expect(page.get_by_text(" s saved")).to_be_visible()
    expect_goals(page, 3)
    page.get_by_test_id("stCheckbox").get_by_text("parallel").click()
    run_to(page, RUN, "Completed")
    compare_with(page, "parallel True")
    expect(page.get_by_text("train_model-")).to_have_count(6)


def test_a_bad_value_in_the_model_is_refused_in_place_and_the_tree_unfolds(page: Page, prefect: Prefect, solve):
    solve("part4_flexibility")
    open_step(page, "part4_flexibility", "Flexibility")
    fill(page, "Depth", "99")
    expect(page.get_by_text("99 is too large; the most is 20.").first).to_be_visible()
    expect(page.get_by_role("button", name=RUN)).to_be_disabled()
    fill(page, "Depth", "6")
    run_id = run_to(page, RUN, "Completed")
    names = [child.name for child in prefect.child_runs(run_id)]
    assert len(names) == 3
    for name in names:
        expect(page.get_by_text(name).first).to_be_visible()
    page.get_by_text(names[0]).first.click()
    expect(page.get_by_text("train_and_evaluate-").first).to_be_visible()
    expect_goals(page, 3)


def test_a_schedule_starts_runs_and_can_be_paused_and_changed(page: Page, prefect: Prefect, stack, solve):
    solve("part6_automation")
    open_step(page, "part6_automation", "Automation")
    fill(page, "minutes", "1")
    run_to(page, "Run the deployment", "Completed")
    schedule = page.locator("[class*='st-key-schedule']").first
    expect(schedule.get_by_text("every 1 min")).to_be_visible()
    expect(page.get_by_role("cell", name="Completed")).to_have_count(2, timeout=3 * PATIENCE)
    scheduled = [run for run in prefect.runs({LEARNER_TAG: "me", STEP_TAG: "part6_automation"}) if run.schedule_id]
    assert len(scheduled) >= 2
    expect_goals(page, 3)

    schedule.get_by_role("button", name="Change").click()
    page.get_by_text("Cron", exact=True).click()
    fill(page, "Cron expression (UTC)", "every day")
    expect(page.get_by_text("is not a cron expression")).to_be_visible()
    expect(page.get_by_role("button", name="Change the schedule")).to_be_disabled()
    fill(page, "Cron expression (UTC)", "*/1 * * * *")
    expect(page.get_by_text("Every minute")).to_be_visible()
    page.get_by_role("button", name="Change the schedule").click()
    page.keyboard.press("Escape")
    expect(schedule.get_by_text("*/1 * * * *")).to_be_visible()

    control = StackControl(stack)
    control.stop("worker")
    try:
        expect(page.get_by_text(re.compile(r"Late runs: \d+\. No worker has polled"))).to_be_visible(
            timeout=2 * PATIENCE
        )
    finally:
        control.start("worker")
    expect(page.get_by_text("Late runs:")).to_have_count(0)
    schedule.get_by_role("button", name="Pause").click()
    expect(badge(schedule, "Paused")).to_be_visible()
    (paused,) = prefect.schedules({LEARNER_TAG: "me", STEP_TAG: "part6_automation"})
    assert not paused.is_active
    assert not [run for run in prefect.upcoming() if run.at > datetime.now(UTC) + timedelta(seconds=5)]
    page.goto("/")
    expect(badge(page, "Paused")).to_be_visible()
