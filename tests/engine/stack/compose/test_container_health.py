"""A container's health check passes when its service answers as it should, and fails whatever else comes."""

import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.engine.stack import stores
from app.engine.stack.compose import container_health
from app.engine.stack.compose.container_health import PROBES, main
from app.engine.stack.services import panel
from app.settings import ROOT
from tests.conftest import free_ports
from tests.engine.http_service import RESET, http_service

on_linux = pytest.mark.skipif(not Path("/proc/1/stat").exists(), reason="A container has /proc")
LATELY = datetime.now(UTC) + timedelta(hours=1)
"""Ahead, because a test may run long after it was collected."""
LONG_AGO = datetime.now(UTC) - timedelta(hours=1)


def worker(heartbeat):
    return 200, [{"last_heartbeat_time": heartbeat and heartbeat.isoformat()}]


def locations(*entries):
    return 200, {"data": {"workspaceOrError": {"__typename": "Workspace", "locationEntries": entries}}}


def location(kind, message=""):
    loaded = {"__typename": kind, "message": message} if kind else None
    return {"name": "workshop", "loadStatus": "LOADED", "locationOrLoadError": loaded}


def daemon(heartbeat, *problems):
    status = {
        "daemonType": "SCHEDULER",
        "required": True,
        "healthy": True,  # Dagster says so of a dead one, too
        "lastHeartbeatTime": heartbeat and heartbeat.timestamp(),
        "lastHeartbeatErrors": [{"message": problem} for problem in problems],
    }
    return 200, {"data": {"instance": {"daemonHealth": {"allDaemonStatuses": [status]}}}}


PORTS = {"dagster-code": 4266, "proxy": 2375}
"""Of those that are asked in their own container only."""
OK = (200, {})
PAGE = (200, b"<html>another server</html>")
WORKERS = ("POST", "/prefect/api/work_pools/pool/workers/filter")
GRAPHQL = ("POST", "/dagster/graphql")
WELL = {
    "mlflow": ([OK], [("POST", "/mlflow/api/2.0/mlflow/experiments/search")]),
    "prefect-server": ([OK], [("GET", "/prefect/api/ready")]),
    "prefect-worker": ([worker(LATELY)], [WORKERS]),
    "unreliable-api": ([(200, {"service": "unreliable-api", "status": "ok"})], [("GET", "/unreliable_api/health")]),
    "dagster-webserver": (
        [OK, locations(location("RepositoryLocation"))],
        [("GET", "/dagster/server_info"), GRAPHQL],
    ),
    "dagster-daemon": ([daemon(LATELY)], [GRAPHQL]),
    "panel": (
        [(200, b"ok")],
        [("GET", "/panel/_stcore/script-health-check"), ("GET", "/panel/_stcore/health")],
    ),
}
"""Good answers of each service, and what its check asks."""
UNWELL = [
    ("mlflow", [(403, {})], "refuses the host name"),
    ("mlflow", [PAGE], "something else answers"),
    ("prefect-server", [PAGE], "something else answers"),
    ("prefect-worker", [(404, {})], "no work pool"),
    ("prefect-worker", [(200, [])], "no worker has polled"),
    ("prefect-worker", [worker(None)], "no worker has polled"),
    ("prefect-worker", [worker(LONG_AGO)], "no worker has polled"),
    ("unreliable-api", [OK], "something else answers"),
    ("dagster-webserver", [OK, locations()], "knows no code location"),
    ("dagster-webserver", [OK, locations(location(None))], "still loading"),
    ("dagster-webserver", [OK, locations(location("PythonError", "NameError: name 'x'"))], "NameError: name 'x'"),
    ("dagster-webserver", [OK, (200, {"errors": [{"message": "no such field"}]})], "no such field"),
    ("dagster-daemon", [daemon(None)], "has not started yet"),
    ("dagster-daemon", [daemon(LONG_AGO)], "no sign for"),
    ("dagster-daemon", [daemon(LATELY, "the disk is full")], "the disk is full"),
    ("panel", [(503, b"script error"), (200, b"ok")], "script-health-check answers 503"),
    ("panel", [(200, b"ok"), (503, b"")], "health answers 503"),
    *((name, [answer], "") for name in WELL for answer in ((500, {}), RESET)),
]


def variables(url):
    urls = {
        f"{name.upper()}_INTERNAL_URL": f"{url}/{name}" for name in ("panel", "mlflow", "dagster", "unreliable_api")
    }
    return urls | {"WORK_POOL": "pool", "PREFECT_API_URL": f"{url}/prefect/api"}


@pytest.fixture
def check(monkeypatch, tmp_path, capsys):
    """Ask for a service's health as its container does: the exit code and the line that Docker keeps."""
    monkeypatch.setattr(panel, "PAGE_DRAWN", tmp_path / "page-drawn")

    def ask(name, url):
        for variable, value in variables(url).items():
            monkeypatch.setenv(variable, value)
        monkeypatch.setattr(sys, "argv", ["container_health", name])
        return main(), capsys.readouterr().out

    return ask


@pytest.fixture
def service():
    with http_service() as service:
        yield service


@on_linux
@pytest.mark.parametrize("name", WELL)
def test_a_service_that_answers_as_it_should_is_healthy(check, service, name):
    service.answers, asked = WELL[name]
    code, said = check(name, service.url)
    assert code == 0, said
    assert [(method, path) for method, path, _ in service.asked] == asked


@on_linux
@pytest.mark.parametrize(("name", "answers", "told"), UNWELL)
def test_a_service_that_answers_anything_else_is_not(check, service, name, answers, told):
    service.answers = answers
    code, said = check(name, service.url)
    assert code == 1, said
    assert told in said
    assert service.asked


@pytest.mark.parametrize("name", PROBES)
def test_a_service_that_nobody_serves_is_not(check, name):
    (port,) = free_ports(1)
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", PORTS.get(name, port))) == 0:
            pytest.skip(f"Somebody uses port {PORTS[name]} here")
    code, said = check(name, f"http://127.0.0.1:{port}")
    assert code == 1, said
    assert said


@on_linux
def test_a_panel_that_has_drawn_its_page_is_not_made_to_draw_again(check, service):
    service.answers = [(200, b"ok")]
    assert [check("panel", service.url)[0] for _ in range(2)] == [0, 0]
    assert [path.rpartition("/")[2] for _, path, _ in service.asked] == ["script-health-check", "health", "health"]


@on_linux
@pytest.mark.parametrize(("answer", "code"), [(OK, 0), ((500, {}), 1)])
def test_the_command_needs_the_panels_code_alone_and_its_exit_code_is_the_verdict(service, tmp_path, answer, code):
    service.answers = [answer]
    shutil.copytree(ROOT / "app", tmp_path / "app")
    command = [sys.executable, "-S", "-m", "app.engine.stack.compose.container_health", "mlflow"]
    done = subprocess.run(command, cwd=tmp_path, env=variables(service.url), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout


@on_linux
@pytest.mark.parametrize(
    ("name", "variable", "value", "file"),
    [
        ("mlflow", "MLFLOW_BACKEND_STORE_URI", "sqlite:///{folder}/mlflow.db", "mlflow.db"),
        ("prefect-server", "PREFECT_HOME", "{folder}", "prefect.db"),
        ("dagster-webserver", "DAGSTER_HOME", "{folder}", "schedules/schedules.db"),
        ("dagster-daemon", "DAGSTER_HOME", "{folder}", "history/runs.db"),
    ],
)
def test_a_service_whose_store_cannot_be_read_is_not_healthy(
    monkeypatch, check, service, tmp_path, name, variable, value, file
):
    monkeypatch.setenv(variable, value.format(folder=tmp_path))
    service.answers = WELL[name][0]
    assert check(name, service.url)[0] == 0
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text("garbage " * 100)
    service.asked.clear()
    code, said = check(name, service.url)
    assert (code, service.asked) == (1, [])
    assert str(tmp_path / file) in said
    typed = shlex.split(said.split("`")[1])
    store = (tmp_path / file).parent
    assert typed[-7:-1] == ["run", "--rm", "--no-deps", name, "sh", "-c"]
    subprocess.run(typed[-3:], check=True)
    assert (store / "damaged" / Path(file).name).read_text().startswith("garbage")
    assert check(name, service.url)[0] == 0


@on_linux
@pytest.mark.parametrize(("uptime", "code"), [(5.0, 0), (3600.0, 1)], ids=["starts", "has run for long"])
def test_a_service_that_starts_keeps_the_lock_of_its_store(monkeypatch, check, service, tmp_path, uptime, code):
    monkeypatch.setattr(container_health, "container_uptime", lambda: uptime)
    monkeypatch.setattr(stores, "LOCK_SECONDS", 0.1)
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", f"sqlite:///{tmp_path}/mlflow.db")
    service.answers = WELL["mlflow"][0]
    with closing(sqlite3.connect(tmp_path / "mlflow.db", isolation_level=None)) as holder:
        holder.execute("CREATE TABLE runs (name TEXT)")
        holder.execute("BEGIN IMMEDIATE")
        exit_code, said = check("mlflow", service.url)
    assert (exit_code, "is locked by" in said) == (code, bool(code))


@on_linux
def test_a_worker_that_cannot_keep_results_is_not_healthy(monkeypatch, check, service, tmp_path):
    service.answers = WELL["prefect-worker"][0]
    monkeypatch.setenv("PREFECT_LOCAL_STORAGE_PATH", str(tmp_path / "storage"))
    assert check("prefect-worker", service.url)[0] == 0
    (tmp_path / "storage").write_text("in the way")
    code, said = check("prefect-worker", service.url)
    assert (code, str(tmp_path / "storage") in said) == (1, True)


@pytest.mark.parametrize(("name", "teller"), [("prefect-worker", "Prefect"), ("dagster-daemon", "Dagster")])
def test_of_what_another_service_tells_nothing_is_said_while_that_is_silent(check, name, teller):
    code, said = check(name, f"http://127.0.0.1:{free_ports(1)[0]}")
    assert code == 1
    assert said.startswith(f"{teller} does not answer, which tells of it: ")
