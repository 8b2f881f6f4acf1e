"""One tab of a browser for all journeys: each new one has to compile the panel's JavaScript again.

That takes half of the processor time of opening a page.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize

from tests.e2e.panel import PATIENCE

DESK: ViewportSize = {"width": 1440, "height": 900}


@contextmanager
def one_tab(browser: Browser, **options: Any) -> Iterator[Page]:
    """Open a tab with these options of a browser's context; who reads English, sees the steps in English."""
    with browser.new_context(locale="en-GB", **options) as context:
        context.set_default_timeout(PATIENCE)
        yield context.new_page()


def make_new(tab: Page) -> None:
    """Make a tab forget a journey: what the panel stored, the tabs beside it, its size and its colours."""
    for other in tab.context.pages:
        if other != tab:
            other.close()
    if tab.url.startswith("http"):
        tab.evaluate("localStorage.clear(); sessionStorage.clear()")
    tab.context.clear_cookies()
    tab.goto("about:blank")
    tab.emulate_media(color_scheme=None)
    tab.set_viewport_size(DESK)
