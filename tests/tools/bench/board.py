"""Measure what open Live boards cost on the running stack: `make up`, then `make bench`.

First it measures the processor time of the services and of the panel with no board, one board and
ten boards open. All are measured in one run, so only ratios count. Then one board stays open, and
the memory of its browser page and of the panel is sampled. What grows has a slope.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import linear_regression

import psutil
from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, expect, sync_playwright

from app.engine.stack.local.supervisor import StackControl
from app.settings import get_settings
from tests.chromium import FLAGS, find_chromium

SERVICES = ("mlflow", "prefect", "dagster-code", "dagster-webserver")
BOARDS = (0, 1, 10)
PROJECTOR_SIZE: ViewportSize = {"width": 1920, "height": 1080}
SMALL: ViewportSize = {"width": 640, "height": 360}
"""It costs the stack the same, and this machine less: in class each board has its own machine."""
PATIENCE = 180_000
"""Milliseconds: ten browsers and the stack share the processors."""
SETTLE_SECONDS = 20
SAMPLE_SECONDS = 15
WARM_MINUTES = 5
"""What a page and its panel hold grows until every kind of data has been on the board."""
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Cost:
    """Seconds of processor time a minute."""

    services: float
    panel: float


@dataclass(frozen=True)
class Memory:
    """Megabytes at one moment."""

    minute: float
    page: float
    panel: float


def processes(programs: Sequence[str]) -> list[psutil.Process]:
    """List the processes of these programs, with their children."""
    programs_now = StackControl(get_settings()).programs()
    parents = [psutil.Process(programs_now[name].pid) for name in programs]
    return [each for parent in parents for each in (parent, *parent.children(recursive=True))]


def cpu_seconds(programs: Sequence[str]) -> float:
    return sum(times.user + times.system for times in (each.cpu_times() for each in processes(programs)))


def open_board(browser: Browser, size: ViewportSize) -> Page:
    page = browser.new_page(viewport=size)
    page.goto(f"{get_settings().public_url('panel')}/live?projector=1", timeout=PATIENCE)
    expect(page.locator(".st-key-board_head")).to_be_visible(timeout=PATIENCE)
    return page


def measure_cost(seconds: float) -> Cost:
    before = cpu_seconds(SERVICES), cpu_seconds(["panel"])
    time.sleep(seconds)
    after = cpu_seconds(SERVICES), cpu_seconds(["panel"])
    services, panel = ((end - begin) * 60 / seconds for begin, end in zip(before, after, strict=True))
    return Cost(services, panel)


def measure_costs(browser: Browser, seconds: float) -> dict[int, Cost]:
    """Open more and more boards, and measure what each number of them costs."""
    costs: dict[int, Cost] = {}
    pages: list[Page] = []
    for count in BOARDS:
        while len(pages) < count:
            pages.append(open_board(browser, SMALL))
        time.sleep(SETTLE_SECONDS)
        costs[count] = measure_cost(seconds)
    for page in pages:
        page.close()
    return costs


def heap(session: CDPSession) -> float:
    """Count the bytes that the page holds after its garbage is collected."""
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"])


def measure_memory(browser: Browser, minutes: float) -> list[Memory]:
    page = open_board(browser, PROJECTOR_SIZE)
    session = page.context.new_cdp_session(page)
    time.sleep(SETTLE_SECONDS)
    began = time.monotonic()
    samples: list[Memory] = []
    while (minute := (time.monotonic() - began) / 60) < minutes or len(samples) < 3:
        panel = sum(each.memory_info().rss for each in processes(["panel"]))
        samples.append(Memory(minute, heap(session) / MEGABYTE, panel / MEGABYTE))
        time.sleep(SAMPLE_SECONDS)
    return samples


def report_costs(costs: dict[int, Cost]) -> None:
    print("boards   services, s/min   panel, s/min")
    for count, cost in costs.items():
        print(f"{count:6d} {cost.services:17.2f} {cost.panel:14.2f}")
    print(f"Ten boards cost the services {costs[10].services / costs[1].services:.2f} times what one costs.")


def report_memory(samples: Sequence[Memory]) -> None:
    samples = [sample for sample in samples if sample.minute >= WARM_MINUTES] or samples
    minutes = [sample.minute for sample in samples]
    for name, values in (
        ("the page's heap", [sample.page for sample in samples]),
        ("the panel", [sample.panel for sample in samples]),
    ):
        slope = linear_regression(minutes, values).slope * 60
        print(f"{name}: {values[0]:.1f} MB at first, {values[-1]:.1f} MB at last, {slope:+.1f} MB an hour")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="for each number of boards; 0: no costs")
    parser.add_argument("--minutes", type=float, default=10, help="for the memory")
    wanted = parser.parse_args()
    chromium = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
        if wanted.seconds:
            report_costs(measure_costs(browser, wanted.seconds))
        report_memory(measure_memory(browser, wanted.minutes))
        browser.close()


if __name__ == "__main__":
    main()
