"""The exercises of the Prefect workshop as a student does them, on the stack that the page comes from."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.panel import (
    PATIENCE,
    badge,
    check_goals,
    compare_with,
    expect_run,
    expect_state,
    expect_to_fit_a_phone,
    fill,
    open_step,
    press_run,
    run_in_address,
    run_to,
    state,
)

RUN = "Run the flow"
Solve = Callable[[str], None]
"""Puts the solution of a part where the student edits."""


def turn_dial(page: Page, first: int) -> None:
    dial = page.locator(".st-key-fault_dial")
    fill(page, "Fail the first calls", str(first))
    page.get_by_role("button", name="Turn the dial").click()
    expect(dial.get_by_text("Not turned yet")).to_have_count(0)
    expect(dial.get_by_text(f"the first {first} calls of each run")).to_be_visible()


def leave_and_come_back(page: Page, step: str, title: str) -> None:
    """While a run goes on: another page, and back; the same run is there."""
    run_id = run_in_address(page)
    page.goto("/runs")
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    open_step(page, step, title)
    expect_run(page, run_id)


def resilience(page: Page, solve: Solve) -> None:
    """Every attempt and every wait is seen, and the dial decides what fails."""
    open_step(page, "part2_resilience", "Resilience")
    dial = page.locator(".st-key-fault_dial")
    expect(dial.get_by_text("the first 2 calls of each run")).to_be_visible()
    run_to(page, RUN, "Completed")
    expect(page.get_by_text(re.compile(r"waits (1\.9|2\.\d) s"))).to_have_count(2)
    expect(page.get_by_role("cell", name="HTTPStatusError")).to_have_count(2)
    expect(dial.get_by_text("answered")).to_be_visible()
    expect_to_fit_a_phone(page)
    check_goals(page, 1, 2)
    page.get_by_text("Show the solution").click()
    expect(page.get_by_text("+@task(retries=3, retry_delay_seconds=[1, 2, 4]")).to_be_visible()

    turn_dial(page, 10)
    run_to(page, RUN, "Failed")
    expect(page.get_by_role("cell", name="HTTPStatusError")).to_have_count(4)
    turn_dial(page, 2)

    solve("part2_resilience")
    expect(page.locator(".panel").get_by_text("retry_delay_seconds=[1, 2, 4]").first).to_be_visible()
    run_to(page, RUN, "Completed")
    expect(page.get_by_role("cell", name=re.compile(r"^(0\.9|1\.\d) s$")).first).to_be_visible()
    fill(page, "currency", "XYZ")
    run_to(page, RUN, "Failed")
    expect(page.get_by_role("cell", name="HTTPStatusError")).to_have_count(1)
    check_goals(page, 3)


def wait_for_a_retry(page: Page) -> None:
    """While a task waits a minute for its next attempt, everything else on the page answers, and Cancel ends it."""
    open_step(page, "part2_resilience", "Resilience")
    press_run(page, RUN)
    expect(page.get_by_role("cell", name="HTTPStatusError")).to_have_count(1)
    leave_and_come_back(page, "part2_resilience", "Resilience")
    check_goals(page, 0, 3)
    expect_state(page, "Running")
    state(page).get_by_role("button", name="Cancel").click()
    expect_state(page, "Cancelled")
    expect(page.get_by_text("Cancelled, and its process has ended.")).to_be_visible()
    expect(page.get_by_role("cell", name="HTTPStatusError")).to_have_count(1)


def efficiency(page: Page, solve: Solve) -> None:
    """A stored result is marked with the time saved, and two runs stand beside each other."""
    solve("part3_efficiency")
    open_step(page, "part3_efficiency", "Efficiency")
    run_to(page, RUN, "Completed")
    run_to(page, RUN, "Completed")
    expect(badge(page, "Cached")).to_have_count(1)
    expect(page.get_by_text(" s saved")).to_be_visible()
    check_goals(page, 3)
    page.get_by_test_id("stCheckbox").get_by_text("parallel").click()
    run_to(page, RUN, "Completed")
    compare_with(page, "parallel True")
    expect(page.get_by_text(re.compile(r"took \d+\.\d s, .+ \d+\.\d s\."))).to_be_visible()


def flexibility(page: Page, solve: Solve) -> None:
    """A bad value of the model is refused in place, and the tree of flow runs unfolds."""
    solve("part4_flexibility")
    open_step(page, "part4_flexibility", "Flexibility")
    fill(page, "Depth", "99")
    expect(page.get_by_text("99 is too large; the most is 20.").first).to_be_visible()
    expect(page.get_by_role("button", name=RUN)).to_be_disabled()
    fill(page, "Depth", "6")
    run_to(page, RUN, "Completed")
    for name in ("train-one_order", "train-few_orders", "train-many_orders"):
        expect(page.get_by_text(name).first).to_be_visible()
    page.get_by_text("train-one_order").first.click()
    expect(page.get_by_text("train_and_evaluate-").first).to_be_visible()
    check_goals(page, 3)


PATTERNS = (resilience, efficiency, flexibility)
"""Those that are looked at within a run or two; a schedule takes its time."""


def start_schedule(page: Page, solve: Solve) -> None:
    """Deploy with a schedule, which goes on by itself from here."""
    solve("part6_automation")
    open_step(page, "part6_automation", "Automation")
    fill(page, "minutes", "1")
    run_to(page, "Run the deployment", "Completed")
    expect(schedule(page).get_by_text("every 1 min")).to_be_visible()


def watch_schedule(page: Page) -> None:
    """What a schedule has started is seen, reaches the goals, and the schedule is changed."""
    open_step(page, "part6_automation", "Automation")
    expect(page.get_by_role("cell", name="Completed").nth(1)).to_be_visible(timeout=3 * PATIENCE)
    expect(page.get_by_text("The last heartbeat of the worker:")).to_be_visible()
    expect_to_fit_a_phone(page)
    check_goals(page, 3)

    schedule(page).get_by_role("button", name="Change").click()
    page.get_by_text("Cron", exact=True).click()
    fill(page, "Cron expression (UTC)", "every day")
    expect(page.get_by_text("is not a cron expression")).to_be_visible()
    expect(page.get_by_role("button", name="Change the schedule")).to_be_disabled()
    fill(page, "Cron expression (UTC)", "*/1 * * * *")
    expect(page.get_by_text("Every minute")).to_be_visible()
    page.get_by_role("button", name="Change the schedule").click()
    page.keyboard.press("Escape")
    expect(schedule(page).get_by_text("*/1 * * * *")).to_be_visible()


def pause_schedule(page: Page) -> None:
    schedule(page).get_by_role("button", name="Pause").click()
    expect(badge(schedule(page), "Paused")).to_be_visible()


def schedule(page: Page) -> Locator:
    """The learner's schedule, with its buttons."""
    return page.locator("[class*='st-key-schedule']").first
