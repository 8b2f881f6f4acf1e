"""In Compose, the same guard refuses and answers the same requests."""

import pytest

from tests.stack.foreign import ANSWERED, ELSEWHERE, OWN, REFUSED, SOCKETS, Request, open_socket

CONTAINERS = {"panel": "panel", "mlflow": "mlflow", "prefect": "prefect-server", "dagster": "dagster-webserver"}
HEALTH = {"panel": "/_stcore/health", "mlflow": "/health", "prefect": "/api/health", "dagster": "/server_info"}


@pytest.mark.parametrize("request_", [*REFUSED, *ANSWERED], ids=lambda each: f"{each.service}: {each.name}")
def test_a_request_gets_the_same_answer_as_in_the_local_stack(project, request_):
    answer = request_.send(project.settings)
    assert answer.status_code == request_.status, answer.text


@pytest.mark.parametrize("service", CONTAINERS)
def test_the_name_of_its_container_is_one_of_a_services_names(project, service):
    port = {"panel": 8501, "mlflow": 5000, "prefect": 4200, "dagster": 3000}[service]
    request = Request("", service, "GET", HEALTH[service], {"Host": f"{CONTAINERS[service]}:{port}"}, status=200)
    assert request.send(project.settings).status_code == request.status


@pytest.mark.parametrize("service", SOCKETS)
@pytest.mark.parametrize(("origin", "opens"), [(ELSEWHERE, False), (OWN, True), (None, True)])
def test_a_websocket_is_opened_for_own_pages_and_programs_alone(project, service, origin, opens):
    assert open_socket(project.settings, service, origin) is opens
