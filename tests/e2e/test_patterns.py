"""The exercises of the Prefect workshop on their pages: what each pattern looks like, and the goals reached."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.engine.orchestrators.prefect.client import Prefect
from app.engine.orchestrators.prefect.schedules import PrefectScheduler
from app.engine.stack.local.supervisor import StackControl
from app.settings import Settings
from tests.e2e.exercises import PATTERNS, RUN, Solve, pause_schedule, start_schedule, wait_for_a_retry, watch_schedule
from tests.e2e.panel import PATIENCE, badge, open_step
from tests.e2e.tab import one_tab
from tests.workspaces import edited, solved
from workshop.naming import LEARNER_TAG, STEP_TAG


@pytest.fixture(scope="module")
def solve(stack) -> Iterator[Solve]:
    """Solve a part when a test says so, until the end of this file."""
    with ExitStack() as solutions:
        yield lambda part: solutions.enter_context(solved(stack.workspace, part))


@pytest.fixture(scope="module")
def scheduled(
    browser: Browser, browser_context_args: dict[str, Any], solve: Solve, prefect: Prefect, stack: Settings
) -> Iterator[None]:
    """A schedule that goes on while the other patterns are looked at."""
    try:
        with one_tab(browser, **browser_context_args) as page:
            start_schedule(page, solve)
        yield
    finally:
        control = PrefectScheduler(stack.internal_url("prefect"), stack.public_url("prefect"), stack.work_pool)
        for each in prefect.scheduler.schedules({LEARNER_TAG: "me"}):
            control.set_active(each, False)


@pytest.mark.usefixtures("scheduled")
def test_a_minute_of_waiting_blocks_neither_the_page_nor_cancel(page: Page, stack):
    flow = stack.workspace / "workshop" / "prefect" / "part2_resilience" / "flow.py"
    with edited(flow, "retry_delay_seconds=2", "retry_delay_seconds=60"):
        wait_for_a_retry(page)


@pytest.mark.usefixtures("scheduled")
@pytest.mark.parametrize("exercise", PATTERNS, ids=lambda each: each.__name__)
def test_the_pattern_is_seen_and_the_goals_are_reached(page: Page, solve, exercise):
    exercise(page, solve)


@pytest.mark.usefixtures("scheduled")
def test_a_schedule_starts_runs_and_can_be_paused_and_without_a_worker_all_pages_say_so(
    page: Page, prefect: Prefect, stack
):
    watch_schedule(page)
    started = [run for run in prefect.runs({LEARNER_TAG: "me", STEP_TAG: "part6_automation"}) if run.schedule_id]
    assert len(started) >= 2
    control, late = StackControl(stack), re.compile(r"Late runs: \d+\. No worker has polled")
    other = page.context.new_page()
    control.stop("worker")
    try:
        open_step(other, "part1_tasks_flows", "Tasks & flows")
        expect(other.get_by_text(re.compile(r"No worker has polled for \d+ s"))).to_be_visible()
        expect(other.get_by_role("button", name=RUN)).to_be_disabled()
        expect(page.get_by_text(late)).to_be_visible(timeout=2 * PATIENCE)
    finally:
        control.start("worker")
    expect(page.get_by_text("Late runs:")).to_have_count(0)
    expect(other.get_by_role("button", name=RUN)).to_be_enabled()
    pause_schedule(page)
    (paused,) = prefect.scheduler.schedules({LEARNER_TAG: "me", STEP_TAG: "part6_automation"})
    assert not paused.is_active
    assert [at for at in paused.next_at if at > datetime.now(UTC) + timedelta(seconds=5)] == []
    page.goto("/")
    expect(badge(page, "Paused")).to_be_visible()
