"""A Docker that cannot be reached through the proxy is down; one that says no has refused."""

import pytest

from app.engine.errors import ServiceDown, ServiceRefused
from app.engine.stack.compose.control import ComposeControl
from tests.engine.http_service import http_service

VERSION = (200, {"ApiVersion": "1.44"})
NO_SERVER = b"<html><body><h1>503 Service Unavailable</h1>\nNo server is available.\n</body></html>"


@pytest.fixture
def docker():
    with http_service() as service:
        yield service


def questions(url):
    control = ComposeControl(url)
    return [control.runtimes, lambda: control.log("mlflow", 5), lambda: control.restart("worker")]


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_without_docker_is_an_outage_that_ends_by_itself(docker, status):
    docker.answers = [VERSION, *[(status, NO_SERVER)] * 3, (200, [])]
    asked = questions(docker.url)
    for ask in asked:
        with pytest.raises(ServiceDown, match=rf"^Docker does not answer \(the proxy says {status}\)\."):
            ask()
    assert asked[0]() == {}


def test_a_proxy_without_docker_at_the_first_question_is_an_outage_too(docker):
    docker.answers = [(503, NO_SERVER), VERSION, (200, [])]
    ask = questions(docker.url)[0]
    with pytest.raises(ServiceDown, match=r"^Docker does not answer"):
        ask()
    assert ask() == {}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((403, b"Only this project's containers."), "Only this project's"),
        ((500, {"message": "cannot stop"}), "cannot stop"),
    ],
)
def test_what_is_refused_is_told_with_its_reason(docker, answer, reason):
    docker.answers = [VERSION, answer]
    for ask in questions(docker.url):
        with pytest.raises(ServiceRefused, match=rf"^Docker refused: .*{reason}"):
            ask()


def test_a_service_without_a_container_is_named(docker):
    docker.answers = [VERSION, (200, [])]
    with pytest.raises(ServiceRefused, match=r"^Docker refused: this project has no container 'prefect-worker'"):
        ComposeControl(docker.url).restart("worker")
