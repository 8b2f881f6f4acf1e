"""A port that is taken is a sentence: which one, who holds it, and which variable changes it."""

import os
import socket

import pytest

from app.engine.stack.environment import SERVICES_WITH_URL
from app.engine.stack.ports import PortTaken, check_ports, port_variable
from app.settings import Settings
from tests.conftest import own_settings


@pytest.fixture
def settings(tmp_path):
    return own_settings(tmp_path)


@pytest.fixture
def listening(settings):
    """Hold MLflow's port."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
        server.bind(("127.0.0.1", settings.mlflow_port))
        server.listen()
        yield server


def test_free_ports_are_fine(settings):
    assert check_ports(settings, SERVICES_WITH_URL) is None


@pytest.mark.usefixtures("listening")
def test_a_taken_port_names_the_port_its_holder_and_the_variable(settings):
    with pytest.raises(PortTaken) as caught:
        check_ports(settings, SERVICES_WITH_URL)
    sentence = str(caught.value)
    assert sentence.startswith(f"Port {settings.mlflow_port} is already taken by ")
    assert f"(process {os.getpid()})" in sentence
    assert "choose another with MLFLOW_PORT in .env" in sentence
    assert "\n" not in sentence


@pytest.mark.usefixtures("listening")
def test_only_the_services_that_are_asked_for_are_looked_at(settings):
    assert check_ports(settings, ["panel", "prefect"]) is None


@pytest.mark.usefixtures("listening")
def test_every_taken_port_is_named_at_once(settings):
    with socket.socket() as other:
        other.bind(("127.0.0.1", settings.dagster_port))
        other.listen()
        with pytest.raises(PortTaken) as caught:
            check_ports(settings, SERVICES_WITH_URL)
    assert [line.split()[1] for line in str(caught.value).splitlines()] == [
        str(settings.mlflow_port),
        str(settings.dagster_port),
    ]


def test_a_port_that_was_just_closed_is_free(settings, listening):
    with socket.create_connection(("127.0.0.1", settings.mlflow_port)):
        listening.accept()[0].close()
    listening.close()
    assert check_ports(settings, ["mlflow"]) is None


def test_one_port_for_two_services_names_both_variables(tmp_path):
    settings = own_settings(tmp_path, mlflow_port=5055, dagster_port=5055)
    with pytest.raises(PortTaken, match=r"MLFLOW_PORT and DAGSTER_PORT are both 5055\. Change one of them"):
        check_ports(settings, SERVICES_WITH_URL)


@pytest.mark.parametrize("service", SERVICES_WITH_URL)
def test_the_variable_that_is_named_changes_the_port(service, monkeypatch):
    monkeypatch.setenv(port_variable(service), "4321")
    assert getattr(Settings(_env_file=None), f"{service}_port") == 4321
