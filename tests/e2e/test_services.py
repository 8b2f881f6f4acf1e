"""The Services page and the Live board, as an instructor uses them."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.engine.stack.local.supervisor import StackControl
from app.engine.stack.services import SERVICES
from tests.e2e.operations import board_beside, restart_the_worker
from tests.e2e.panel import badge, choose, open_step, press_run


def test_services_show_logs_and_restart_one_after_asking(page: Page, stack):
    restart_the_worker(page, lambda: StackControl(stack).programs()["worker"].pid)
    assert StackControl(stack).programs()["worker"].pid


def test_a_run_arrives_on_the_board_by_itself_and_a_restart_would_name_it(page: Page):
    services = page.context.new_page()
    services.goto("/services")
    restart = services.locator(".st-key-restart-mlflow").get_by_role("button")
    expect(restart).to_be_visible()
    with board_beside(page.context.new_page()) as see_it_run:
        open_step(page, "part5_full_pipeline", "Full pipeline with MLflow")
        choose(page, "dataset", "cdnow")  # takes long enough for the click below
        press_run(page, "Run the pipeline")
        see_it_run("part5_full_pipeline")  # and every page reads the board from now on as it is then
        restart.click()
        expect(services.get_by_role("dialog").get_by_text("part5_full_pipeline").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_board_fills_a_projector_and_scrolls_nowhere(page: Page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto("/live?projector=1")
    for service in SERVICES:
        expect(badge(page.locator(".st-key-board_head"), service.title)).to_be_visible()
    expect(page.get_by_text(re.compile(r"^\d s old$"))).to_be_visible()
    expect(page.get_by_text("Arriving")).to_be_visible()
    main = page.get_by_test_id("stMain").element_handle()
    page.wait_for_function("main => main.scrollHeight <= main.clientHeight", arg=main)
    page.wait_for_function("main => main.scrollWidth <= main.clientWidth", arg=main)
