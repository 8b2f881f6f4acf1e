"""Take the README's pictures from the running stack: `make up`, then `python -m tests.screenshots`."""

from collections.abc import Callable

from playwright.sync_api import Page, expect, sync_playwright

from app.settings import ROOT, get_settings
from tests.chromium import FLAGS, find_chromium
from tests.e2e.panel import PATIENCE, badge, choose, expect_state, open_step, press_run, run_in_address, tick

FOLDER = ROOT / "workshop" / "docs" / "images"
SIZE = {"width": 1440, "height": 1240}
PIPELINE = ("part5_full_pipeline", "Full pipeline with MLflow")


def run_pipeline(page: Page, dataset: str, family: str) -> None:
    open_step(page, *PIPELINE)
    choose(page, "dataset", dataset)
    choose(page, "family", family)
    press_run(page, "Run the pipeline")
    run_in_address(page)


def home(page: Page) -> None:
    page.goto("/")
    expect(badge(page, "up").first).to_be_visible()


def step(page: Page) -> None:
    """A run under way: the first tasks have ended."""
    run_pipeline(page, "sample", "gradient_boosting")
    expect_state(page, "Running")
    expect(page.get_by_text("Finished in state Completed").first).to_be_visible()
    page.get_by_role("tab", name="Run it and look").click()


def runs(page: Page) -> None:
    page.goto("/runs")
    tick(page, 2)
    expect(page.get_by_role("table")).to_contain_text("Made by")


def models(page: Page) -> None:
    page.goto("/models")
    tick(page, 2)
    expect(page.get_by_role("table")).to_contain_text("Aliases")


def fit_height(page: Page) -> None:
    height = page.get_by_test_id("stMain").evaluate("element => element.scrollHeight")
    page.set_viewport_size({**SIZE, "height": max(height, SIZE["height"])})


def take(page: Page, show: Callable[[Page], None], whole: bool) -> None:
    show(page)
    if whole:
        fit_height(page)
    page.wait_for_timeout(2_000)  # charts draw themselves in
    page.screenshot(path=FOLDER / f"{show.__name__}.png")
    page.set_viewport_size(SIZE)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE)
    chromium = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
        page = browser.new_context(base_url=get_settings().public_url("panel"), viewport=SIZE).new_page()
        for dataset, family in (("cdnow", "random_forest"), ("sample", "logistic_regression")):
            run_pipeline(page, dataset, family)
            expect_state(page, "Completed")
        take(page, step, whole=False)
        expect_state(page, "Completed")
        take(page, home, whole=True)
        take(page, runs, whole=True)
        take(page, models, whole=True)
        browser.close()


if __name__ == "__main__":
    main()
