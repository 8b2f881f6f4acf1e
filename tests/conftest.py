"""A whole real stack for the tests that need one: own ports, own folder, started and stopped by the product's code."""

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Before anything imports Prefect or MLflow: a test never touches the developer's own profile, runs or settings.
os.environ.update(
    PREFECT_HOME=tempfile.mkdtemp(prefix="prefect-"),
    PREFECT_SERVER_ANALYTICS_ENABLED="false",
    DO_NOT_TRACK="true",
    MLFLOW_DISABLE_TELEMETRY="true",
)

import pytest

from app.engine.stack.environment import stack_folder
from app.engine.stack.lifecycle import down, up
from app.settings import ROOT, Settings

AUDIT_FOLDER = Path(__file__).parent / "stack" / "audit"


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
    names = ("panel_port", "mlflow_port", "prefect_port", "dagster_port")
    values = dict(zip(names, free_ports(len(names)), strict=True)) | {"data_dir": data_dir, "workspace": ROOT} | changes
    return Settings(_env_file=None, **values)


@pytest.fixture(scope="session")
def stack_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return own_settings(tmp_path_factory.mktemp("stack"))


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
        assert up(stack_settings, said.append, extra), "\n".join(said)
        yield stack_settings
    finally:
        down(stack_settings, said.append)


@pytest.fixture(scope="session")
def stack_logs(stack: Settings) -> Path:
    return stack_folder(stack) / "logs"
