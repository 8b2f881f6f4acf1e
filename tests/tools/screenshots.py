"""Take the README's pictures from the running stack.

Usage: `make up`, then `python -m tests.tools.screenshots [NAME …]`.
"""

import sys
from collections.abc import Callable

from playwright.sync_api import Page, expect, sync_playwright

from app.settings import ROOT, get_settings
from tests.chromium import FLAGS, find_chromium
from tests.e2e.panel import (
    PATIENCE,
    badge,
    choose,
    compare_with,
    expect_state,
    fill,
    open_step,
    press_run,
    run_in_address,
    run_to,
    tick,
)
from tests.workspaces import solved

FOLDER = ROOT / "workshop" / "docs" / "images"
SIZE = {"width": 1440, "height": 1240}
PROJECTOR_SIZE = {"width": 1920, "height": 1080}
EXERCISES = ("part3_efficiency", "part4_flexibility", "part6_automation")
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
    """Wait for a run under way whose first tasks have ended."""
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


def part1(page: Page) -> None:
    open_step(page, "part1_tasks_flows", "Tasks & flows")
    run_to(page, "Run the flow", "Completed")
    expect(page.get_by_text("Whose result went where")).to_be_visible()


def part5(page: Page) -> None:
    open_step(page, *PIPELINE)
    choose(page, "dataset", "cdnow")
    run_to(page, "Run the pipeline", "Completed")
    expect(page.locator(".st-key-run_strip").get_by_text("predictions")).to_be_visible()


def part2(page: Page) -> None:
    open_step(page, "part2_resilience", "Resilience")
    run_to(page, "Run the flow", "Completed")
    expect(page.get_by_text("waits 2.0 s")).to_have_count(2)


def part3(page: Page) -> None:
    open_step(page, "part3_efficiency", "Efficiency")
    for _ in range(2):
        run_to(page, "Run the flow", "Completed")
    page.get_by_test_id("stCheckbox").get_by_text("parallel").click()
    run_to(page, "Run the flow", "Completed")
    compare_with(page, "parallel True")
    expect(page.get_by_text(" s saved")).to_be_visible()


def part4(page: Page) -> None:
    open_step(page, "part4_flexibility", "Flexibility")
    run_to(page, "Run the flow", "Completed")
    page.get_by_text("train-one_order").first.click()
    expect(page.get_by_text("train_and_evaluate-").first).to_be_visible()
    fill(page, "Depth", "99")  # refused in place
    expect(page.get_by_text("99 is too large; the most is 20.").first).to_be_visible()


def part6(page: Page) -> None:
    open_step(page, "part6_automation", "Automation")
    fill(page, "minutes", "1")
    run_to(page, "Run the deployment", "Completed")
    expect(page.get_by_role("cell", name="Completed").nth(2)).to_be_visible(timeout=4 * PATIENCE)


def pause(page: Page) -> None:
    """Pause the schedule, so that no run starts after the pictures."""
    page.goto("/part6_automation")
    page.get_by_role("button", name="Pause").click()
    expect(badge(page, "Paused")).to_be_visible()


def live(page: Page) -> None:
    page.set_viewport_size(PROJECTOR_SIZE)
    page.goto("/live?projector=1")
    expect(page.get_by_text("part6_automation").first).to_be_visible()
    expect(badge(page, "Running").first).to_be_visible()


def services(page: Page) -> None:
    page.goto("/services")
    expect(page.get_by_text("running for").first).to_be_visible()


AS_SEEN = (step, live, services)


def fit_height(page: Page) -> None:
    height = page.get_by_test_id("stMain").evaluate("element => element.scrollHeight")
    page.set_viewport_size({"width": SIZE["width"], "height": max(height, SIZE["height"])})


def take(page: Page, show: Callable[[Page], None]) -> None:
    """Take what a person sees at once, the whole page, or of an exercise all down to its checks."""
    show(page)
    if show not in AS_SEEN:
        fit_height(page)
    page.wait_for_timeout(2_000)  # charts draw themselves in
    clip = None
    if show.__name__.startswith("part"):
        # the pipeline's log names the folder of the predictions, which is nobody else's
        end = page.locator("[data-testid=stCode]").first if show is part5 else page.locator("#check")
        box = end.bounding_box()
        assert box
        clip = {"x": 0, "y": 0, "width": SIZE["width"], "height": box["y"] - 20}
    page.screenshot(path=FOLDER / f"{show.__name__}.png", clip=clip)
    page.set_viewport_size(SIZE)
    if show is step:
        expect_state(page, "Completed")


def train(page: Page) -> None:
    """Run two trainings, so that there is something to compare."""
    for dataset, family in (("cdnow", "random_forest"), ("sample", "logistic_regression")):
        run_pipeline(page, dataset, family)
        expect_state(page, "Completed")


def main() -> None:
    """Take the pictures whose names are given, or all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    shots = {
        show.__name__: show
        for show in (step, home, runs, models, part1, part2, part3, part4, part5, part6, live, services)
    }
    wanted = sys.argv[1:] or list(shots)
    chromium = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
        panel = get_settings().public_url("panel")
        page = browser.new_context(base_url=panel, viewport=SIZE, locale="en-GB").new_page()
        page.set_default_timeout(PATIENCE)
        if {"step", "runs", "models"} & {*wanted}:
            train(page)
        with solved(get_settings().workspace, *EXERCISES):
            for name in wanted:
                take(page, shots[name])
        if "part6" in wanted:
            pause(page)
        browser.close()


if __name__ == "__main__":
    main()
