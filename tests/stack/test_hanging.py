"""Each service hangs while every page is open: within seconds the pages say who is slow, and they recover."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.engine.stack.health import check_services
from app.engine.stack.local.supervisor import StackControl
from app.settings import ROOT, Settings
from tests.polling import wait_until
from tests.shown import SERVICES, go_to, panel, words

SECONDS = 12
"""A page waits three for each service that hangs, and as long for their health; the machine is busy."""
RECOVERS_SECONDS = 60
PAGES = ("", "part1_tasks_flows", "part2_resilience", "assets", "live", "runs", "models", "services")
PROGRAMS = {
    "mlflow": "mlflow",
    "prefect": "prefect",
    "dagster": "dagster-webserver",
    "unreliable_api": "unreliable-api",
}
SLOW = {
    "mlflow": ("MLflow is slow to answer", ["live", "runs", "models"]),
    "prefect": ("Prefect is slow to answer", ["part1_tasks_flows", "part2_resilience", "live"]),
    "dagster": ("Dagster is slow to answer", ["assets", "live"]),
    "unreliable_api": ("The unreliable API is slow to answer", ["part2_resilience"]),
}
"""What is said of a service that hangs, and the pages that ask it for more than its health."""
TOLD_BY = {"prefect": "worker", "dagster": "daemon"}


@contextmanager
def hanging(settings: Settings, service: str) -> Iterator[None]:
    """A service whose process stands still."""
    pid = StackControl(settings).programs()[PROGRAMS[service]].pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture
def pages(stack, tmp_path) -> Iterator[None]:
    """The panel in this process, on the stack's services."""
    with panel(tmp_path, stack.workspace, **{name: stack.internal_url(name) for name in SERVICES}):
        yield
    wait_until(lambda: all(each.is_healthy for each in check_services(stack)), RECOVERS_SECONDS, "all is well again")


def open_page(url_path: str) -> tuple[AppTest, float]:
    """Open a page in a new session, and measure how long it takes."""
    page = AppTest.from_file(ROOT / "app" / "main.py", default_timeout=RECOVERS_SECONDS)
    page.query_params["language"] = "English"
    began = time.monotonic()
    go_to(page, url_path) if url_path else page.run()
    assert not page.exception, url_path
    return page, time.monotonic() - began


def say_who_is_slow(page: AppTest, service: str) -> bool:
    return SLOW[service][0] in words(page)


@pytest.mark.parametrize("service", PROGRAMS)
@pytest.mark.usefixtures("pages")
def test_the_first_visit_of_each_page_says_who_hangs_within_seconds(stack, service):
    opened = {}
    for url_path in PAGES:
        open_page(url_path)  # imports what it needs
    with hanging(stack, service):
        for url_path in PAGES:
            st.cache_data.clear()
            st.cache_resource.clear()  # nobody has asked before
            opened[url_path] = open_page(url_path)
        for url_path, (page, seconds) in opened.items():
            assert seconds < SECONDS, (url_path, seconds)
            assert say_who_is_slow(page, service) == (url_path in SLOW[service][1]), (url_path, words(page))
        home = words(opened[""][0])
        assert "hourglass_top: slow]" in home
        assert home.count("help: not known]") == (service in TOLD_BY)
        assert "cloud_off: down]" not in home
    for url_path, (page, _) in opened.items():
        wait_until(lambda page=page: not say_who_is_slow(page.run(), service), RECOVERS_SECONDS, f"{url_path} recovers")
        assert not page.exception


@pytest.mark.usefixtures("pages")
def test_what_others_saw_is_shown_to_who_comes_while_mlflow_hangs_and_nobody_waits_for_another(stack):
    assert not say_who_is_slow(open_page("runs")[0], "mlflow")
    time.sleep(0.1)
    with hanging(stack, "mlflow"):
        with ThreadPoolExecutor(6) as pool:
            opened = list(pool.map(lambda _: open_page("runs"), range(6)))
        for page, seconds in opened:
            assert seconds < SECONDS
            assert len(page.text_input) == 1
        page, seconds = wait_until(
            lambda: next((one for one in [open_page("runs")] if say_who_is_slow(one[0], "mlflow")), None),
            RECOVERS_SECONDS,
            "what was answered before the stop is old",
        )
        assert "Shown is what it said at" in words(page)
        assert seconds < SECONDS
        again = time.monotonic()
        page.run()
        assert time.monotonic() - again < 2, "who knows that it hangs does not wait again"


@pytest.mark.parametrize("service", TOLD_BY)
def test_what_it_tells_of_is_not_known_and_never_down(stack, service):
    seen = set()
    with hanging(stack, service):
        for _ in range(3):
            seen |= {(each.service, each.state) for each in check_services(stack) if not each.is_healthy}
    assert seen == {(service, "slow"), (TOLD_BY[service], "unknown")}

    def all_well() -> bool:
        states = {each.service: each.state for each in check_services(stack)}
        assert "down" not in states.values(), states
        return set(states.values()) == {"up"}

    wait_until(all_well, RECOVERS_SECONDS, "all is well again, and nothing was called down meanwhile")


def test_a_prefect_that_is_killed_comes_back_by_itself_and_its_worker_is_never_down(stack):
    os.kill(StackControl(stack).programs()["prefect"].pid, signal.SIGKILL)
    seen: set[str] = set()

    def all_well() -> bool:
        states = {each.service: each.state for each in check_services(stack)}
        seen.add(states["worker"])
        return set(states.values()) == {"up"} and len(seen) > 1

    wait_until(all_well, 2 * RECOVERS_SECONDS, "Prefect is back")
    assert seen <= {"unknown", "starting", "up"}
