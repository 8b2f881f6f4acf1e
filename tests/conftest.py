"""Real services for the tests that need them, with own ports and own folders: the whole stack, or an MLflow server."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path

# Before anything imports Prefect or MLflow: a test never touches the developer's own profile, runs or settings.
os.environ.update(
    PREFECT_HOME=tempfile.mkdtemp(prefix="prefect-"),
    PREFECT_SERVER_ANALYTICS_ENABLED="false",
    DO_NOT_TRACK="true",
    MLFLOW_DISABLE_TELEMETRY="true",
)

import pytest
from playwright.sync_api import Error, Page
from xdist.remote import Producer

from app.engine.stack.local.environment import IN_BOTH_STACKS, SERVICES_WITH_URL, stack_folder
from app.engine.stack.local.lifecycle import down, up
from app.settings import ROOT, Settings
from tests.chromium import FLAGS, find_chromium
from tests.lanes import Lanes, mark_services, order_of
from tests.workspaces import copy_workshop

SERVER_DEADLINE = 300
SAYS_NO_TELEMETRY = (
    *("DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY", "PREFECT_SERVER_ANALYTICS_ENABLED"),
    *("PYTEST_CURRENT_TEST", "CI"),  # MLflow sends nothing from a test
)
AUDIT_FOLDER = Path(__file__).parent / "stack" / "audit"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes | None:
    """Send each lane to a process of its own, where that is asked for: `--dist loadscope`."""
    return Lanes(config, log) if config.getoption("dist") == "loadscope" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the browser late: its event loop runs on here, and Prefect and Dagster would take it for theirs."""
    mark_services(items)
    items.sort(
        key=lambda item: (bool(item.get_closest_marker("last")), "playwright" in getattr(item, "fixturenames", ()))
    )
    if hasattr(config, "workerinput"):  # the browser has a lane of its own, then
        items.sort(key=order_of)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep a picture of the page on which a journey failed."""
    report = yield
    page = getattr(item, "funcargs", {}).get("page")
    if report.failed and report.when == "call" and isinstance(page, Page):
        with suppress(Error):  # a page that crashed has none, and the other tests go on
            page.screenshot(path=ROOT / "test-results" / f"{item.name}.png")
    return report


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return {"executable_path": find_chromium(), "args": FLAGS.split()}


def free_ports(count: int) -> list[int]:
    """Ask the system for ports that nobody uses."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def own_settings(data_dir: Path, **changes: object) -> Settings:
    """Settings of a stack of its own: free ports, this data folder, and nothing from `.env`."""
    names = [f"{service}_port" for service in SERVICES_WITH_URL]
    values = dict(zip(names, free_ports(len(names)), strict=True)) | {"data_dir": data_dir, "workspace": ROOT} | changes
    return Settings(_env_file=None, **values)


@pytest.fixture(scope="session")
def stack_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Those of the tests' stack; its workspace is a copy, which tests may edit as a student would."""
    folder = tmp_path_factory.mktemp("stack")
    return own_settings(folder / "data", workspace=copy_workshop(folder / "workspace"))


@pytest.fixture(scope="session")
def connection_log(stack_settings: Settings) -> Path:
    """Where every Python process of the test's stack writes the addresses it connects to."""
    return stack_settings.data_dir / "connections.log"


@pytest.fixture(scope="session")
def stack(stack_settings: Settings, connection_log: Path) -> Iterator[Settings]:
    """The settings of a whole stack that runs: MLflow, Prefect, worker, Dagster, daemon and panel."""
    said: list[str] = []
    extra = {
        "PYTHONPATH": str(AUDIT_FOLDER),
        "PANEL_PYTHONPATH": os.pathsep.join([str(ROOT), str(AUDIT_FOLDER)]),
        "CONNECTION_LOG": str(connection_log),
    }
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name in SAYS_NO_TELEMETRY:  # the stack has to say so itself
                patch.delenv(name, raising=False)
            assert up(stack_settings, said.append, extra), "\n".join(said)
        yield stack_settings
    finally:
        down(stack_settings, said.append)


@pytest.fixture(scope="session")
def stack_logs(stack: Settings) -> Path:
    return stack_folder(stack) / "logs"


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory) -> Iterator[str]:
    """The URL of an MLflow server that lives as long as the tests."""
    folder = tmp_path_factory.mktemp("mlflow")
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "app.engine.stack.programs.mlflow_server", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db"]
    command += ["--artifacts-destination", str(folder / "files")]
    environment = os.environ | IN_BOTH_STACKS | {"PYTHONPATH": str(ROOT)}
    log = folder / "log.txt"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SERVER_DEADLINE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"{url} does not answer:\n{log.read_text()[-3000:]}")
