"""What an instructor does on the pages Services and Live, on the stack that the pages come from."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from app.engine.stack.services import SERVICES
from tests.e2e.panel import badge, expect_to_be_drawn
from tests.visits import visit

HERE = "127.0.0.1"


def restart_the_worker(page: Page, started: Callable[[], object]) -> None:
    """Read the worker's log, search it, and restart the worker after being asked; `started` tells one start apart."""
    before = started()
    page.goto("/services")
    expect(badge(page, "up")).to_have_count(len(SERVICES))
    expect(page.get_by_text(re.compile(r"running for .+ MB"))).to_have_count(len(SERVICES))
    page.locator(".st-key-log-worker").get_by_role("button").click()
    log, whose = page.locator(".st-key-service_log_lines"), page.get_by_role("combobox", name="Log of")
    expect(whose).to_have_value(re.compile("worker$"))
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
    assert started() == before
    dialog.get_by_role("button", name="Restart it").click()
    expect(dialog).to_have_count(0)
    assert started() != before
    search.fill("started!")
    search.press("Enter")
    expect(log.get_by_text(re.compile("Worker 'workshop-[0-9a-f]{6}' started!")).last).to_be_visible()
    expect(whose).to_have_value(re.compile("worker$"))
    expect(badge(page, "up")).to_have_count(len(SERVICES))


@contextmanager
def board_beside(board: Page) -> Iterator[Callable[[str], None]]:
    """An open board: it shows by itself what runs meanwhile, till nothing does, and nothing on it jumps.

    Yields:
        What sees that a run of this step is on the board's list of what runs now.
    """
    board.goto("/live")
    expect(board.get_by_text("Running now")).to_be_visible()
    place = board.get_by_text("MLflow runs, best so far")
    board.evaluate("document.fonts.ready")  # with another font, words take another place
    before = place.bounding_box()
    yield lambda step: expect(board.get_by_role("strong").filter(has_text=f"me · {step}").first).to_be_visible()
    expect(board.get_by_text("Nothing runs right now.")).to_be_visible()
    assert place.bounding_box() == before


def follow_every_link(page: Page, path: str, least: int) -> None:
    """Open a page and every link on it that leads into the stack, of which there are so many at least.

    Raises:
        AssertionError: a link names a host that a browser outside the stack does not know, or leads to no page.
    """
    page.goto(path)
    expect_to_be_drawn(page)
    addresses = {str(link.get_attribute("href")) for link in page.get_by_test_id("stMain").get_by_role("link").all()}
    links = {link for link in addresses if link.startswith("http")}
    inside = {link for link in links if urlsplit(link).port}
    assert len(inside) >= least, links
    assert {urlsplit(link).hostname for link in inside} <= {HERE}, inside
    assert not [link for link in links - inside if "." not in str(urlsplit(link).hostname)], links
    for link in inside:
        answer = visit(link)
        assert answer.status_code == 200, link
