"""The steps in a real browser on the host, done on the panel that runs in a container."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.panel import LESSONS, PATIENCE, do_lesson


@pytest.fixture
def page(project, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=project.settings.public_url("panel"))
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.step)
def test_a_step_is_done_in_the_browser(page, lesson):
    do_lesson(page, lesson, "cdnow")
    strip = page.locator(".st-key-run_strip").get_by_role("link")
    links = [link.get_attribute("href") for link in strip.all()]
    assert links
    assert {urlsplit(link).hostname for link in links} == {"127.0.0.1"}
    assert {httpx.get(link, follow_redirects=True, headers={"Accept": "text/html"}).status_code for link in links} == {
        200
    }
