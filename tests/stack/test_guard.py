"""No page of another site can drive or read a service; its own pages, links to it and programs can."""

import pytest

from tests.stack.foreign import ANSWERED, ELSEWHERE, OTHER_PORT, OWN, REFUSED, SOCKETS, Request, open_socket
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
