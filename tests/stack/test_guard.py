"""No page of another site can drive or read a service; its own pages, links to it and programs can."""

from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from tests.polling import wait_until
from tests.stack.conftest import delete
from tests.stack.foreign import ANSWERED, ELSEWHERE, OTHER_PORT, OWN, REFUSED, SERVICES, SOCKETS, Request, open_socket
from tests.stack.test_origins import ask_before_sending


def named(request: Request) -> str:
    return f"{request.service}: {request.name}"


@pytest.mark.parametrize("request_", REFUSED, ids=named)
def test_a_foreign_request_is_refused_in_words(stack, request_):
    answer = request_.send(stack)
    assert answer.status_code == request_.status
    assert answer.text.endswith(".\n"), answer.text
    assert "</" not in answer.text


@pytest.mark.parametrize("request_", ANSWERED, ids=named)
def test_an_own_request_is_answered(stack, request_):
    answer = request_.send(stack)
    assert answer.status_code == request_.status, answer.text


@pytest.mark.parametrize("service", SOCKETS)
@pytest.mark.parametrize("origin", [ELSEWHERE, OTHER_PORT, "null"])
def test_no_websocket_is_opened_for_a_foreign_page(stack, service, origin):
    assert not open_socket(stack, service, origin)


@pytest.mark.parametrize("service", SOCKETS)
@pytest.mark.parametrize("origin", [OWN, None])
def test_a_websocket_is_opened_for_own_pages_and_programs(stack, service, origin):
    assert open_socket(stack, service, origin)


def test_prefects_page_under_the_other_name_opens_its_websocket(stack):
    assert open_socket(stack, "prefect", "own-localhost")


def test_refusing_a_page_makes_the_panel_ask_nobody_for_its_address(stack, connection_log):
    before = connection_log.read_text()
    assert not open_socket(stack, "panel", ELSEWHERE)
    asked = [line for line in connection_log.read_text().removeprefix(before).splitlines() if "resolve" in line]
    assert [line for line in asked if "127.0.0.1" not in line and "localhost" not in line] == []


def test_a_preflight_of_another_site_is_refused(stack):
    answer = ask_before_sending(f"{stack.public_url('unreliable_api')}/me/dial", "https://stranger.example")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("service", SERVICES)
def test_no_answer_may_be_shown_in_a_foreign_frame(stack, service):
    answer = httpx.get(stack.public_url(service), follow_redirects=True)
    assert "frame-ancestors 'self'" in answer.headers.get_list("content-security-policy")[-1]


def test_an_automation_of_prefects_still_starts_its_run(prefect_api, idle_target):
    event = f"workshop.test.{uuid4().hex[:8]}"
    automation = {
        "name": event,
        "trigger": {"type": "event", "posture": "Reactive", "expect": [event], "threshold": 1, "within": 0},
        "actions": [{"type": "run-deployment", "source": "selected", "deployment_id": idle_target.id}],
    }
    made = prefect_api.post("/api/automations/", automation)
    query = {"deployments": {"id": {"any_": [idle_target.id]}}}

    def happen() -> list[dict[str, object]]:
        now = datetime.now(UTC).isoformat()
        sent = {"event": event, "id": str(uuid4()), "occurred": now, "resource": {"prefect.resource.id": event}}
        httpx.post(f"{prefect_api.base_url}/api/events", json=[sent]).raise_for_status()
        return list(prefect_api.post("/api/flow_runs/filter", query))

    try:
        wait_until(happen, 60, "the automation has started a run")
    finally:
        delete(prefect_api, f"/api/automations/{made['id']}")
