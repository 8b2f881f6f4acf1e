"""A real browser on the panel of the tests' stack, which must not talk to anybody else."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

from app.engine.orchestrators.dagster.client import Dagster
from app.engine.orchestrators.prefect.client import Prefect
from app.settings import Settings
from tests.e2e.tab import DESK, make_new, one_tab
from tests.e2e.training import train_twice


@pytest.fixture(scope="session")
def browser_context_args(stack: Settings) -> dict[str, object]:
    return {"base_url": stack.public_url("panel"), "viewport": DESK}


@pytest.fixture(scope="session")
def tab(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    with one_tab(browser, **browser_context_args) as page:
        yield page


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    yield tab
    make_new(tab)


@pytest.fixture(autouse=True)
def asks_nobody_else(page: Page) -> Iterator[None]:
    """Fail a journey whose page asked a host other than this machine."""
    strangers: list[str] = []

    def note(request: Request) -> None:
        if urlsplit(request.url).hostname not in ("127.0.0.1", None):
            strangers.append(request.url)

    page.on("request", note)
    yield
    page.remove_listener("request", note)
    assert strangers == []


@pytest.fixture(scope="session")
def prefect(stack: Settings) -> Prefect:
    return Prefect(stack.internal_url("prefect"), stack.public_url("prefect"), stack.work_pool)


@pytest.fixture(scope="session")
def dagster(stack: Settings) -> Dagster:
    return Dagster(stack.internal_url("dagster"), stack.public_url("dagster"))


@pytest.fixture(scope="session")
def trained(stack: Settings, prefect: Prefect) -> None:
    train_twice(stack, prefect)
