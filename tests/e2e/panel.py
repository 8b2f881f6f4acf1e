"""What a person does on the panel's pages."""

import re

from playwright.sync_api import Locator, Page, expect

PATIENCE = 90_000
"""Milliseconds: two processors run the services, the browser and the flows."""


def open_step(page: Page, step: str, title: str) -> None:
    """Open a step's page."""
    page.goto(f"/{step}")
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def choose(page: Page, field: str, value: str) -> None:
    """Choose a value in a form's list."""
    page.get_by_role("combobox", name=field).click()
    page.get_by_role("option", name=value, exact=True).click()


def press_run(page: Page, label: str) -> None:
    """Press the run button once it is on."""
    button = page.get_by_role("button", name=label)
    expect(button).to_be_enabled()
    button.click()


def state(page: Page) -> Locator:
    """The state of the run on the page, beside its duration and Cancel."""
    return page.locator(".st-key-run_head")


def expect_state(page: Page, word: str) -> None:
    """Wait until the run on the page is in a state."""
    expect(badge(state(page), word)).to_be_visible()


def badge(place: Page | Locator, word: str) -> Locator:
    """Badges with a word: its icon's name comes before it."""
    return place.locator(".stMarkdownBadge").filter(has_text=re.compile(rf"\b{word}$"))


def run_in_address(page: Page) -> str:
    """The id of the run in the page's address, once it is there."""
    page.wait_for_url("**run=*")
    return page.url.split("run=")[1].split("&")[0]


def tick(page: Page, rows: int) -> None:
    """Tick the first rows of the page's table; its cells are drawn on a canvas, so by position."""
    table = page.get_by_test_id("stDataFrame").first
    expect(table.locator("canvas").first).to_be_visible()
    for row in range(rows):
        table.click(position={"x": 16, "y": 52 + 35 * row})
