"""The Services page and the Live board, as an instructor uses them."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.engine.stack.local import StackControl
from app.engine.stack.services import SERVICES
from tests.e2e.operations import board_beside, restart_the_worker
from tests.e2e.panel import badge, open_step, press_run, run_in_address


def test_services_show_logs_and_restart_one_after_asking(page: Page, stack):
    restart_the_worker(page, lambda: StackControl(stack).programs()["worker"].pid)
    assert StackControl(stack).programs()["worker"].pid


def test_a_run_arrives_on_the_board_by_itself_and_a_restart_would_name_it(page: Page, context):
    with board_beside(context.new_page()) as see_it_run:
        open_step(page, "part5_full_pipeline", "Full pipeline with MLflow")
        press_run(page, "Run the pipeline")
        run_in_address(page)
        page.goto("/services")
        page.locator(".st-key-restart-mlflow").get_by_role("button").click()
        expect(page.get_by_role("dialog").get_by_text("part5_full_pipeline").first).to_be_visible()
        see_it_run("part5_full_pipeline")


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
