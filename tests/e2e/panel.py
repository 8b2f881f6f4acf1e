"""What a person does on the panel's pages."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, ViewportSize, expect

PATIENCE = 90_000
"""Milliseconds: two processors run the services, the browser and the flows."""
PHONE: ViewportSize = {"width": 390, "height": 844}
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Lesson:
    """A step, as its page shows it."""

    step: str
    title: str
    label: str
    """Of its button."""
    final: str
    """The state in which its run ends."""
    goals: int


TASKS_AND_FLOWS = Lesson("part1_tasks_flows", "Tasks & flows", "Run the flow", "Completed", 3)
PIPELINE = Lesson("part5_full_pipeline", "Full pipeline with MLflow", "Run the pipeline", "Completed", 5)
ASSETS = Lesson("assets", "Assets", "Run the job", "SUCCESS", 4)
LESSONS = (TASKS_AND_FLOWS, PIPELINE, ASSETS)


def do_lesson(page: Page, lesson: Lesson, dataset: str, meanwhile: Callable[[str], object] = lambda _: None) -> str:
    """Do a step as a student does: open it, choose the data, run, wait for the end, check; return the run's id.

    Args:
        page: a browser's.
        lesson: what to do.
        dataset: the data.
        meanwhile: what to do with the step's name while the run goes on.
    """
    open_step(page, lesson.step, lesson.title)
    choose(page, re.compile("data", re.I), dataset)
    press_run(page, lesson.label)
    expect(page.get_by_role("button", name=lesson.label)).to_be_disabled()
    run_id = run_in_address(page)
    expect_run(page, run_id)
    meanwhile(lesson.step)
    expect_state(page, lesson.final)
    check_goals(page, lesson.goals)
    return run_id


def check_goals(page: Page, passed: int, open_ones: int = 0) -> None:
    """Press "Check my work" and wait for so many verdicts of each kind; a failure shows what each goal says."""
    page.get_by_role("button", name="Check my work").click()
    try:
        expect(badge(page, "Passed")).to_have_count(passed)
        expect(badge(page, "Not yet")).to_have_count(open_ones)
    except AssertionError as error:
        raise AssertionError(page.locator(".st-key-goals").inner_text()) from error


def open_step(page: Page, step: str, title: str) -> None:
    """Open a step's page."""
    page.goto(f"/{step}")
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def expect_to_be_drawn(page: Page) -> None:
    """Wait until the page's script has run to its end, and nothing on the page is still being loaded."""
    expect(page.get_by_test_id("stMain").get_by_role("heading").first).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def choose(page: Page, field: str | re.Pattern[str], value: str) -> None:
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
    """Wait until the run on the page is in a state; it waits for its turn, and then it has to run."""
    expect(badge(state(page), word)).to_be_visible(timeout=2 * PATIENCE)


def badge(place: Page | Locator, word: str) -> Locator:
    """Badges with a word: its icon's name comes before it."""
    return place.locator(".stMarkdownBadge").filter(has_text=re.compile(rf"\b{word}$"))


def run_in_address(page: Page) -> str:
    """The id of the run in the page's address, once it is there."""
    page.wait_for_url("**run=*")
    return page.url.split("run=")[1].split("&")[0]


def expect_run(page: Page, run_id: str) -> None:
    """Wait until the page shows this run: right after a click it still shows the one before."""
    strip = page.locator(".st-key-run_strip").get_by_role("link").first
    expect(strip).to_have_attribute("href", re.compile(run_id))


def tick(page: Page, rows: int) -> None:
    """Tick the first rows of the page's table; its cells are drawn on a canvas, so by position."""
    table = page.get_by_test_id("stDataFrame").first
    expect(table.locator("canvas").first).to_be_visible()
    for row in range(rows):
        table.click(position={"x": 16, "y": 52 + 35 * row})


def run_to(page: Page, label: str, word: str) -> str:
    """Press the button and wait for the end of the run that it starts; return the run's id."""
    press_run(page, label)
    expect(state(page).get_by_role("button", name="Cancel")).to_be_visible()
    expect_state(page, word)
    return run_in_address(page)


def fill(page: Page, field: str, value: str) -> None:
    """Type into a field of a form."""
    box = page.get_by_label(field, exact=True)
    box.fill(value)
    box.press("Enter")


def compare_with(page: Page, words: str) -> None:
    """Put an earlier run beside the one on the page."""
    option = page.get_by_role("option", name=words).first
    for _ in range(10):  # a page that is just drawn again closes an open list
        page.get_by_role("combobox", name="Compare with").press("ArrowDown")
        page.wait_for_timeout(1_000)
        if option.is_visible():
            option.click()
            return
    raise AssertionError(f"The list to compare with has no {words!r}.")


def expect_to_fit_a_phone(page: Page) -> None:
    """See that the page, as it is, does not scroll sideways on a phone."""
    size = page.viewport_size
    page.set_viewport_size(PHONE)
    main = page.get_by_test_id("stMain")
    expect(main).to_have_js_property("clientWidth", PHONE["width"])
    page.wait_for_function("main => main.scrollWidth <= main.clientWidth", arg=main.element_handle())  # charts follow
    page.set_viewport_size(size)
