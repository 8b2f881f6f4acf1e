"""A port that is taken is a sentence: which one, who holds it, and which variable changes it."""

import os
import socket
from contextlib import contextmanager

import pytest

from app.engine.stack.local.environment import SERVICES_WITH_URL
from app.engine.stack.local.ports import PortTaken, check_ports, may_be_airplay, port_variable
from app.settings import Settings
from tests.conftest import own_settings

NO_ADDRESS_OF_OURS = "192.0.2.1"  # RFC 5737: an example's, nobody's
PRIVILEGED = 79
NOBODY = 65534


def can_listen(address: str, port: int = 0) -> bool:
    try:
        family = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.bind((address, port))
    except OSError:
        return False
    return True


@contextmanager
def nobody():
    """Be an ordinary user for a while."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(own)


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


@pytest.mark.skipif(not can_listen("::1"), reason="This machine has no IPv6")
@pytest.mark.parametrize("address", ["::", "::1"])
def test_an_ipv6_address_has_free_ports_and_taken_ones(tmp_path, address):
    settings = own_settings(tmp_path, bind_address=address)
    assert check_ports(settings, SERVICES_WITH_URL) is None
    with socket.socket(socket.AF_INET6) as server:
        server.bind(("::1", settings.mlflow_port))
        server.listen()
        with pytest.raises(PortTaken, match=rf"^Port {settings.mlflow_port} is already taken by .*$"):
            check_ports(settings, SERVICES_WITH_URL)


def test_an_address_of_another_machine_is_said_once_and_no_port_is_called_taken(tmp_path):
    settings = own_settings(tmp_path, bind_address=NO_ADDRESS_OF_OURS)
    with pytest.raises(PortTaken) as caught:
        check_ports(settings, SERVICES_WITH_URL)
    sentence = str(caught.value)
    assert sentence.startswith(f"This machine cannot listen on BIND_ADDRESS={NO_ADDRESS_OF_OURS} (")
    assert "taken" not in sentence
    assert "\n" not in sentence


def test_a_port_that_is_not_for_everybody_is_no_taken_one(tmp_path):
    settings = own_settings(tmp_path, panel_port=PRIVILEGED)
    with nobody():
        if can_listen("127.0.0.1", PRIVILEGED):
            pytest.skip("Here everybody may open every port")
        with pytest.raises(PortTaken, match=f"^You may not open port {PRIVILEGED}.* with PANEL_PORT in .env") as caught:
            check_ports(settings, SERVICES_WITH_URL)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("port", "holder", "system", "is_likely"),
    [
        (5000, "ControlCenter (process 123)", "darwin", True),
        (7000, "", "darwin", True),
        (5000, "python3.11 (process 123)", "darwin", False),
        (4200, "ControlCenter (process 123)", "darwin", False),
        (5000, "", "linux", False),
    ],
)
def test_airplay_is_suspected_where_it_may_be(port, holder, system, is_likely):
    assert may_be_airplay(port, holder, system) == is_likely


def test_one_port_for_two_services_names_both_variables(tmp_path):
    settings = own_settings(tmp_path, mlflow_port=5055, dagster_port=5055)
    with pytest.raises(PortTaken, match=r"MLFLOW_PORT and DAGSTER_PORT are both 5055\. Change one of them"):
        check_ports(settings, SERVICES_WITH_URL)


@pytest.mark.parametrize("service", SERVICES_WITH_URL)
def test_the_variable_that_is_named_changes_the_port(service, monkeypatch):
    monkeypatch.setenv(port_variable(service), "4321")
    assert getattr(Settings(_env_file=None), f"{service}_port") == 4321
