"""Links to the panel that somebody else has made: the page says so in words, and asks nobody on their behalf."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Page, Request, WebSocket, expect

from app.settings import Settings
from tests.e2e.panel import expect_to_be_drawn
from tests.hostile import PIXEL

IMAGE = f"![x]({PIXEL})"
VALUES = {
    "an image": IMAGE,
    "two lines and a tag": f"a\n# {IMAGE}\n<img src='{PIXEL}' onerror=alert(1)>",
    "very long": IMAGE + "x" * 9_900,
    "a path": "../admin/version\0%00%2e%2e/",
    "nothing": "",
}
PAGES = (
    ("/", "language", "last"),
    ("/part1_tasks_flows", "run", "language", "lesson"),
    ("/assets", "run"),
    ("/runs", "search", "status", "differences"),
    ("/runs", "sort", "runs"),
    ("/runs", "experiment"),
    ("/models", "model", "metric", "versions", "differences"),
    ("/live", "projector", "run"),
    ("/services", "log", "search"),
)
"""Each with parameters that it reads, and maybe one that it does not. What nobody has would hide the others."""


@pytest.fixture
def asked(page: Page, stack: Settings) -> Iterator[list[str]]:
    """What the page asks of anybody but the panel."""
    panel = urlsplit(stack.public_url("panel")).netloc
    answers: list[str] = []

    def note(request: Request | WebSocket) -> None:
        if urlsplit(request.url).scheme not in ("data", "blob") and urlsplit(request.url).netloc != panel:
            answers.append(request.url)

    page.on("request", note)
    page.on("websocket", note)
    yield answers
    page.remove_listener("request", note)
    page.remove_listener("websocket", note)


def open_at(page: Page, path: str, **parameters: str) -> None:
    page.goto(f"{path}?{urlencode(parameters)}")
    expect_to_be_drawn(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("Something unexpected happened")).to_have_count(0)
    expect(page.get_by_test_id("stMain").locator(f"a[href*='{PIXEL}'], img[src*='{PIXEL}']")).to_have_count(0)


@pytest.mark.parametrize("place", PAGES, ids="-".join)
def test_no_address_loads_anything_or_breaks_its_page(page: Page, asked: list[str], place: tuple[str, ...]):
    path, *parameters = place
    for value in VALUES.values():
        open_at(page, path, **dict.fromkeys(parameters, value))
    assert asked == []


@pytest.mark.parametrize("run_id", ["../admin/version", IMAGE])
@pytest.mark.parametrize("path", ["/part1_tasks_flows", "/assets"])
def test_what_cannot_be_a_run_is_a_sentence_beside_the_button(page: Page, path: str, run_id: str):
    open_at(page, path, run=run_id)
    expect(page.get_by_text("The address asks for a run that cannot be one")).to_contain_text(run_id[:20])
    expect(page.get_by_role("button", name=re.compile("^Run the"))).to_be_enabled()


def test_a_search_is_shown_as_its_letters_and_a_long_one_is_cut_and_says_so(page: Page, asked: list[str]):
    open_at(page, "/runs", search=IMAGE)
    expect(page.get_by_role("textbox", name="Search")).to_have_value(IMAGE)
    expect(page.get_by_text("MLflow refused")).to_contain_text(f"[x]({PIXEL})")
    open_at(page, "/runs", search="x" * 10_000)
    expect(page.get_by_role("textbox", name="Search")).to_have_value("x" * 500)
    expect(page.get_by_text("A search takes at most 500 characters")).to_be_visible()
    assert asked == []
