"""A service that takes its time is slow, one that nobody serves is down, and both are said in words."""

import socket
import sqlite3
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.engine.errors import ServiceBusy
from app.engine.stack import health, stores
from app.engine.stack.facts import ServiceHealth
from app.engine.stack.local.supervisor import Program
from app.engine.stack.services import SERVICES
from app.settings import Settings
from tests.conftest import free_ports
from tests.engine.http_service import RESET, http_service

MLFLOW = SERVICES[0]
PREFECT = SERVICES[1]
DAGSTER = next(service for service in SERVICES if service.id == "dagster")
WAIT_SECONDS = 0.2
SLOW = 2 * WAIT_SECONDS


def give_time(monkeypatch, answer) -> None:
    """Little for an answer that is to be too late, much for one that is to arrive."""
    monkeypatch.setattr(health, "TIMEOUT_SECONDS", WAIT_SECONDS if answer == SLOW else 20.0)


@pytest.mark.parametrize(
    ("answer", "state", "told"),
    [
        ((200, {"experiments": []}), "up", "Answers."),
        (SLOW, "slow", "it or the machine is busy"),
        (RESET, "down", "MLflow: nothing answers at"),
        ((403, {}), "down", "refuses the host name"),
        ((500, {}), "down", "it answers 500"),
    ],
)
def test_a_service_is_up_slow_or_down(monkeypatch, tmp_path, answer, state, told):
    give_time(monkeypatch, answer)
    with http_service() as service:
        service.answers = [answer]
        settings = Settings(_env_file=None, data_dir=tmp_path, mlflow_internal_url=service.url)
        (checked,) = health.check_services(settings, [MLFLOW])
    assert (checked.state, checked.is_healthy) == (state, state == "up")
    assert told in checked.message


def test_a_look_that_fails_unexpectedly_takes_no_other_service_away(tmp_path):
    def fail(_: object) -> str:
        raise ZeroDivisionError("nobody thought of this")

    with http_service() as service:
        service.answers = [(200, {"experiments": []})]
        settings = Settings(_env_file=None, data_dir=tmp_path, mlflow_internal_url=service.url)
        failed, well = health.check_services(settings, [replace(PREFECT, probe=fail), MLFLOW])
    assert (failed.state, well.state) == ("down", "up")
    assert failed.message == "Prefect: how it is cannot be told (ZeroDivisionError: nobody thought of this)."


def test_a_service_that_takes_no_more_connections_is_slow(monkeypatch, tmp_path):
    monkeypatch.setattr(health, "TIMEOUT_SECONDS", WAIT_SECONDS)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, ExitStack() as queue:
        address = server.getsockname()
        with suppress(TimeoutError):
            while True:
                queue.enter_context(socket.create_connection(address, timeout=WAIT_SECONDS))
        settings = Settings(_env_file=None, data_dir=tmp_path, mlflow_internal_url=f"http://127.0.0.1:{address[1]}")
        (checked,) = health.check_services(settings, [MLFLOW])
    assert checked.state == "slow"
    assert "it or the machine is busy" in checked.message


@pytest.mark.parametrize(
    ("process", "seconds", "state"), [("RUNNING", 5, "starting"), ("RUNNING", 300, "down"), ("EXITED", 0, "down")]
)
def test_a_service_that_was_just_started_is_starting_and_not_down(tmp_path, process, seconds, state):
    (port,) = free_ports(1)
    settings = Settings(_env_file=None, data_dir=tmp_path, mlflow_internal_url=f"http://127.0.0.1:{port}")
    with httpx.Client(trust_env=False) as http:
        checked = health.check_service(http, settings, MLFLOW, {"mlflow": Program("mlflow", process, "", seconds, 1)})
    assert (checked.state, checked.is_healthy) == (state, False)
    assert ("Start it with" in checked.message) == (state == "down")


@pytest.mark.usefixtures("in_compose")
@pytest.mark.parametrize("answer", [(500, {}), SLOW], ids=["fails", "is slow"])
def test_the_commands_for_dagster_in_compose_have_its_profile(monkeypatch, tmp_path, answer):
    give_time(monkeypatch, answer)
    with http_service() as service:
        service.answers = [answer]
        settings = Settings(_env_file=None, data_dir=tmp_path, dagster_internal_url=service.url)
        (checked,) = health.check_services(settings, [DAGSTER])
    assert "`docker compose --profile dagster logs`" in checked.message
    assert "`docker compose --profile dagster ps --all`" in str(ServiceBusy("Dagster", service.url, "time-out"))


@pytest.mark.parametrize("answer", [(500, {}), RESET, SLOW, (200, b"<html>"), (403, {})])
def test_what_is_said_names_the_address_that_a_browser_opens_and_no_other(monkeypatch, tmp_path, answer):
    give_time(monkeypatch, answer)
    with http_service() as service:
        service.answers = [answer]
        urls = {"mlflow_internal_url": service.url, "mlflow_public_url": "http://localhost:5000"}
        (checked,) = health.check_services(Settings(_env_file=None, data_dir=tmp_path, **urls), [MLFLOW])
    assert not checked.is_healthy
    assert service.url not in checked.message
    assert ("http://localhost:5000" in checked.message) == (answer in ((500, {}), RESET, SLOW))


WORKER = next(service for service in SERVICES if service.id == "worker")
DAEMON = next(service for service in SERVICES if service.id == "daemon")
STALE = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
NO_SIGN = (200, [{"last_heartbeat_time": STALE}])


def runs_for(seconds: int, *names: str) -> dict[str, Program]:
    return {name: Program(name, "RUNNING", "", seconds, 1) for name in names}


@pytest.fixture(autouse=True)
def no_silence_is_remembered():
    health._silences.clear()
    yield
    health._silences.clear()


@pytest.mark.parametrize(("service", "teller"), [(WORKER, "Prefect"), (DAEMON, "Dagster")])
@pytest.mark.parametrize("answer", [RESET, SLOW, (500, {}), (200, b"<html>")], ids=["gone", "hangs", "fails", "other"])
def test_what_is_told_by_a_service_that_does_not_answer_is_unknown_and_not_down(
    monkeypatch, tmp_path, service, teller, answer
):
    give_time(monkeypatch, answer)
    with http_service() as server:
        server.answers = [answer]
        urls = {f"{service.url_name}_internal_url": server.url}
        (checked,) = health.check_services(Settings(_env_file=None, data_dir=tmp_path, **urls), [service])
    assert (checked.state, checked.is_healthy, checked.needs_repair) == ("unknown", False, False)
    assert f"because {teller} does not answer" in checked.message
    assert "Start it" not in checked.message


def ask_about_the_worker(tmp_path, answer, programs) -> ServiceHealth:
    with http_service() as server, httpx.Client(trust_env=False, timeout=WAIT_SECONDS) as http:
        server.answers = [answer]
        settings = Settings(_env_file=None, data_dir=tmp_path, prefect_internal_url=server.url)
        return health.check_service(http, settings, WORKER, programs)


@pytest.mark.parametrize(
    ("prefect", "worker", "state"), [(5, 3600, "starting"), (3600, 5, "starting"), (3600, 3600, "down")]
)
def test_a_worker_without_a_sign_is_starting_while_it_or_its_prefect_is_new(tmp_path, prefect, worker, state):
    programs = runs_for(prefect, "prefect") | runs_for(worker, "worker")
    checked = ask_about_the_worker(tmp_path, NO_SIGN, programs)
    assert (checked.state, checked.is_healthy) == (state, False)
    assert ("Start it with" in checked.message) == (state == "down")


def test_a_worker_gets_some_time_after_a_prefect_that_hung_answers_again(monkeypatch, tmp_path):
    programs = runs_for(3600, "prefect", "worker")
    with http_service() as server, httpx.Client(trust_env=False, timeout=WAIT_SECONDS) as http:
        server.answers = [SLOW, NO_SIGN]
        settings = Settings(_env_file=None, data_dir=tmp_path, prefect_internal_url=server.url)
        states = [health.check_service(http, settings, WORKER, programs).state for _ in range(2)]
        monkeypatch.setattr(health, "COMING_BACK_SECONDS", 0)
        states.append(health.check_service(http, settings, WORKER, programs).state)
    assert states == ["unknown", "starting", "down"]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("FATAL", "Correct that, then `make up`."),
        ("BACKOFF", "is tried again by itself"),
        ("STOPPED", "that waits until Prefect is well"),
        ("EXITED", "Start it with `make up`."),
    ],
)
def test_a_program_that_is_not_running_says_what_helps(tmp_path, state, told):
    checked = ask_about_the_worker(tmp_path, NO_SIGN, {"worker": Program("worker", state, "", 0)})
    assert checked.state == "down"
    assert checked.message.startswith(f"Prefect worker: worker is not running ({state}). ")
    assert told in checked.message
    assert not checked.needs_repair


@pytest.mark.parametrize("process", ["RUNNING", "FATAL"])
def test_a_service_whose_store_is_damaged_is_not_healthy_whatever_it_answers(tmp_path, process):
    file = tmp_path / "mlflow" / "mlflow.db"
    file.parent.mkdir()
    file.write_text("garbage " * 100)
    with http_service() as server, httpx.Client(trust_env=False) as http:
        server.answers = [(200, {"experiments": []})]
        settings = Settings(_env_file=None, data_dir=tmp_path, mlflow_internal_url=server.url)
        programs = {"mlflow": Program("mlflow", process, "", 300, 1)}
        checked = health.check_service(http, settings, MLFLOW, programs)
        file.unlink()
        programs = runs_for(300, "mlflow")
        assert health.check_service(http, settings, MLFLOW, programs).is_healthy
    assert (checked.state, checked.needs_repair) == ("down", True)
    assert str(file) in checked.message
    assert "make up" not in checked.message


def test_a_service_whose_store_somebody_has_locked_is_slow(monkeypatch, tmp_path):
    monkeypatch.setattr(stores, "LOCK_SECONDS", 0.2)
    (tmp_path / "prefect").mkdir()
    file = tmp_path / "prefect" / "prefect.db"
    with http_service() as server, httpx.Client(trust_env=False) as http, closing(sqlite3.connect(file)) as holder:
        holder.isolation_level = None
        holder.execute("CREATE TABLE runs (name TEXT)")
        holder.execute("BEGIN IMMEDIATE")
        server.answers = [(200, True)]
        settings = Settings(_env_file=None, data_dir=tmp_path, prefect_internal_url=server.url)
        checked = health.check_service(http, settings, PREFECT, runs_for(300, "prefect"))
    assert (checked.state, checked.needs_repair) == ("slow", False)
    assert f"{file} is locked by" in checked.message
