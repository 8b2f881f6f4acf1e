"""The Services page and the Live board, as an instructor uses them."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.engine.stack.local import StackControl
from app.engine.stack.services import SERVICES
from tests.e2e.panel import badge, open_step, press_run, run_in_address


def test_services_show_logs_and_restart_one_after_asking(page: Page, stack):
    before = StackControl(stack).programs()["worker"].pid
    page.goto("/services")
    expect(badge(page, "up")).to_have_count(len(SERVICES))
    expect(page.get_by_text(re.compile(r"running for .+ MB"))).to_have_count(len(SERVICES))
    page.locator(".st-key-log-worker").get_by_role("button").click()
    log = page.locator(".st-key-service_log_lines")
    expect(page.get_by_text(re.compile(r"^([1-9]\d*) of the last \1 lines"))).to_be_visible()
    expect(log.get_by_test_id("stCode")).to_be_visible()
    search = page.get_by_role("textbox", name="Search")
    search.fill("no-such-word")
    search.press("Enter")
    expect(page.get_by_text("No line has these words.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^0 of the last \d+ lines"))).to_be_visible()

    page.locator(".st-key-restart-worker").get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(re.compile("No run is under way|These runs are under way"))).to_be_visible()
    assert StackControl(stack).programs()["worker"].pid == before
    dialog.get_by_role("button", name="Restart it").click()
    expect(dialog).to_have_count(0)
    assert StackControl(stack).programs()["worker"].pid not in (0, before)
    search.fill("started!")
    search.press("Enter")
    expect(log.get_by_text("Worker 'workshop' started!").last).to_be_visible()
    expect(badge(page, "up")).to_have_count(len(SERVICES))


def test_a_restart_names_the_runs_that_it_would_hit(page: Page):
    open_step(page, "part5_full_pipeline", "Full pipeline with MLflow")
    press_run(page, "Run the pipeline")
    run_in_address(page)
    page.goto("/services")
    page.locator(".st-key-restart-mlflow").get_by_role("button").click()
    expect(page.get_by_role("dialog").get_by_text("part5_full_pipeline").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_board_fills_a_projector_and_scrolls_nowhere(page: Page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto("/live?projector=1")
    for service in SERVICES:
        expect(badge(page.locator(".st-key-board_head"), service.title)).to_be_visible()
    expect(page.get_by_text(re.compile(r"^\d s old$"))).to_be_visible()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("element => element.scrollHeight <= element.clientHeight")
    assert main.evaluate("element => element.scrollWidth <= element.clientWidth")


def test_a_run_appears_on_the_board_by_itself_and_nothing_jumps(page: Page, context):
    board = context.new_page()
    board.goto("/live")
    expect(board.get_by_text("Running now")).to_be_visible()
    before = board.get_by_text("MLflow runs, best so far").bounding_box()
    open_step(page, "part5_full_pipeline", "Full pipeline with MLflow")
    press_run(page, "Run the pipeline")
    expect(board.get_by_text("me · part5_full_pipeline").first).to_be_visible()
    expect(badge(board, "Running").first).to_be_visible()
    expect(board.get_by_text("Nothing runs right now.")).to_be_visible()
    assert board.get_by_text("MLflow runs, best so far").bounding_box() == before
