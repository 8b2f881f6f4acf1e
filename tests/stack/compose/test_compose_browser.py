"""A real browser on the host, on the panel that runs in a container: the steps, Services, Live, and every link."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.exercises import PATTERNS, Solve, pause_schedule, start_schedule, watch_schedule
from tests.e2e.operations import board_beside, follow_every_link, restart_the_worker
from tests.e2e.panel import ASSETS, LESSONS, PIPELINE, TASKS_AND_FLOWS, Lesson, do_lesson
from tests.e2e.tab import DESK, make_new, one_tab
from tests.stack.compose.project import GROUP, USER
from tests.visits import visit
from tests.workspaces import solved


@pytest.fixture(scope="module")
def tab(clone, browser: Browser) -> Iterator[Page]:
    with one_tab(browser, base_url=clone.settings.public_url("panel"), viewport=DESK) as page:
        yield page


@pytest.fixture
def page(project, tab: Page) -> Iterator[Page]:  # noqa: ARG001
    yield tab
    make_new(tab)


@pytest.fixture
def solve(project) -> Iterator[Solve]:
    """Solve a part on the host, as its owner, until the test's end."""
    with ExitStack() as solutions:

        def put(part: str) -> None:
            solutions.enter_context(solved(project.folder, part))
            os.chown(project.folder / "workshop" / "prefect" / part / "flow.py", USER, GROUP)

        yield put


def do_it_and_follow_its_links(page: Page, lesson: Lesson, meanwhile: Callable[[str], object] = lambda _: None) -> None:
    do_lesson(page, lesson, "cdnow", meanwhile)
    strip = page.locator(".st-key-run_strip").get_by_role("link")
    links = [link.get_attribute("href") for link in strip.all()]
    assert links
    assert {urlsplit(link).hostname for link in links} == {"127.0.0.1"}
    answers = [visit(link) for link in links]
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("lesson", [TASKS_AND_FLOWS, ASSETS], ids=lambda lesson: lesson.step)
def test_a_step_is_done_in_the_browser(page, lesson):
    do_it_and_follow_its_links(page, lesson)


def test_the_pipeline_is_run_in_the_browser_and_the_board_shows_it(page):
    with board_beside(page.context.new_page()) as see_it_run:
        do_it_and_follow_its_links(page, PIPELINE, see_it_run)


def test_services_restart_a_container_and_show_its_log(page, project):
    restart_the_worker(page, lambda: project.containers()["prefect-worker"]["State"]["StartedAt"])


PATHS = {"/": 4, "/live": 0, "/services": 4, "/runs": 0, "/models": 0} | {f"/{lesson.step}": 1 for lesson in LESSONS}
"""Each page, and how many links into the stack it has at least."""


@pytest.mark.parametrize("path", PATHS)
def test_every_link_of_a_page_works_from_the_host(page, path):
    follow_every_link(page, path, PATHS[path])


@pytest.mark.long(part="compose")
@pytest.mark.parametrize("exercise", PATTERNS, ids=lambda each: each.__name__)
def test_an_exercise_is_done_in_the_browser(page, solve, exercise):
    exercise(page, solve)


@pytest.mark.long(part="compose")
def test_a_schedule_starts_runs_by_itself(page, solve):
    start_schedule(page, solve)
    watch_schedule(page)
    pause_schedule(page)
