"""MLflow hangs while somebody looks at its pages, and somebody else comes: both see what was known, and who is slow."""

import os
import signal

import pytest
from playwright.sync_api import Page, expect

from app.engine.stack.local.supervisor import StackControl
from app.settings import Settings

SOON = 15_000
"""Milliseconds: three seconds of patience, a poll of four, and a busy machine."""
SLOW = "MLflow is slow to answer"


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize(("path", "heading"), [("/runs", "Runs"), ("/models", "Models")])
def test_a_page_says_that_mlflow_hangs_keeps_what_was_known_and_recovers(
    page: Page, stack: Settings, path: str, heading: str
):
    page.goto(path)
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    pid = StackControl(stack).programs()["mlflow"].pid
    os.kill(pid, signal.SIGSTOP)
    try:
        expect(page.get_by_text(SLOW)).to_be_visible(timeout=SOON)
        expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
        newcomer = page.context.new_page()
        newcomer.goto(path)
        expect(newcomer.get_by_role("heading", name=heading, level=1)).to_be_visible()
        expect(newcomer.get_by_text(SLOW)).to_be_visible(timeout=SOON)
        expect(newcomer.get_by_text("Shown is what it said at")).to_be_visible(timeout=SOON)
        expect(newcomer.get_by_test_id("stDataFrame").first).to_be_visible(timeout=SOON)
        newcomer.get_by_role("link", name="Home").click()  # the page does not stand still
        expect(newcomer.get_by_role("heading", name="MLOps, by doing it")).to_be_visible(timeout=SOON)
    finally:
        os.kill(pid, signal.SIGCONT)
    expect(page.get_by_text(SLOW)).to_have_count(0)
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
