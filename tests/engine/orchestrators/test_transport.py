"""Calls against a real HTTP server: what is tried again, what is not, and which error each failure becomes."""

import time

import pytest

from app.engine.errors import NotFound, ServiceBusy, ServiceDown, ServiceRefused, WorkshopError
from app.engine.orchestrators import transport
from app.engine.orchestrators.contract import ApiRequest
from app.engine.orchestrators.transport import Transport
from tests.conftest import free_ports
from tests.engine.http_service import RESET, http_service

OK = (200, {"id": 1})
PUBLIC = "http://public:4200"
BUSY = (503, {"detail": "locked"})


@pytest.fixture
def service():
    with http_service() as service:
        yield service


@pytest.fixture
def patience(monkeypatch):
    """Time-outs short enough for a test."""
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 1.0)
    monkeypatch.setattr(transport, "SEND_RETRY_SECONDS", 20.0)


def send(service, body=None):
    return Transport("Prefect", service.url).send(ApiRequest("POST", service.url, "http://public", "/x", body or {}))


def test_json_goes_and_json_comes(service):
    service.answers = [OK]
    calls = Transport("Prefect", service.url)
    assert calls.get("/api/x", task_run_id="a b") == {"id": 1}
    assert calls.post("/api/y", {"q": [1]}) == {"id": 1}
    assert service.asked == [("GET", "/api/x?task_run_id=a+b", None), ("POST", "/api/y", {"q": [1]})]


def test_an_empty_answer_is_nothing(service):
    service.answers = [(204, b"")]
    assert Transport("Prefect", service.url).post("/x", {}) is None


def test_a_request_object_goes_to_the_internal_url_with_its_own_method(service):
    service.answers = [OK]
    Transport("Prefect", service.url).send(ApiRequest("PATCH", service.url, "http://public", "/x", {"a": 1}))
    assert service.asked == [("PATCH", "/x", {"a": 1})]


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("trouble", [BUSY, RESET, 3.0], ids=["busy", "reset", "time-out"])
def test_trouble_that_passes_is_tried_again_with_the_same_body(service, trouble):
    service.answers = [trouble, trouble, OK]
    assert send(service, {"idempotency_key": "k"}) == {"id": 1}
    assert service.asked == [("POST", "/x", {"idempotency_key": "k"})] * 3


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize(
    ("trouble", "reason"), [(BUSY, "it is busy"), (RESET, "the connection was lost"), (3.0, r"no answer within \d s")]
)
def test_trouble_that_lasts_is_a_slow_service_within_the_time_given(service, trouble, reason):
    service.answers = [trouble]
    began = time.monotonic()
    with pytest.raises(ServiceBusy, match=rf"Prefect is slow to answer at {service.url} \({reason}\)"):
        Transport("Prefect", service.url).post("/x", {}, retry_seconds=2)
    assert time.monotonic() - began < 15
    assert len(service.asked) >= 2


def test_without_patience_it_is_tried_once(service):
    service.answers = [BUSY, OK]
    with pytest.raises(ServiceBusy):
        Transport("Dagster", service.url).post("/graphql", {}, retry_seconds=0)
    assert len(service.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 409, 422, 500])
def test_a_refusal_is_not_tried_again_and_carries_the_services_words(service, status):
    service.answers = [(status, {"detail": "name is taken"}), OK]
    with pytest.raises(ServiceRefused, match=rf"Prefect refused: name is taken \(status {status}\)"):
        send(service)
    assert len(service.asked) == 1


def test_what_is_not_there_is_not_found_and_not_tried_again(service):
    service.answers = [(404, {"detail": "x"}), OK]
    with pytest.raises(NotFound, match="Prefect knows nothing at /x"):
        send(service)
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"exception_message": "Invalid request received."}, "Invalid request received. (status 422)"),
        ({"exception_detail": [{"msg": "wrong"}]}, "[{'msg': 'wrong'}] (status 422)"),
        ({"other": 1}, "{'other': 1} (status 422)"),
        (["a"], "['a'] (status 422)"),
        (b"<html>no</html>", "status 422"),
    ],
)
def test_a_reason_is_found_wherever_a_service_puts_it(service, body, words):
    service.answers = [(422, body)]
    with pytest.raises(ServiceRefused) as caught:
        send(service)
    assert str(caught.value) == f"Prefect refused: {words}"


@pytest.mark.parametrize(
    ("status", "words"), [(200, "the answer of http://.* is not JSON. Does another program"), (307, "status 307")]
)
def test_another_program_that_answers_there_is_a_refusal(service, status, words):
    service.answers = [(status, b"<html>another program</html>")]
    with pytest.raises(ServiceRefused, match=f"Prefect refused: {words}"):
        Transport("Prefect", service.url).get("/api/health")


def test_nothing_that_listens_is_a_service_down_at_once():
    (port,) = free_ports(1)
    began = time.monotonic()
    with pytest.raises(ServiceDown, match=rf"MLflow does not answer at http://127.0.0.1:{port}. Start .* `make up`"):
        Transport("MLflow", f"http://127.0.0.1:{port}").get("/health")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("answers", [[(503, {})], [RESET], [(200, b"<html>")]], ids=["busy", "reset", "foreign"])
def test_a_message_names_the_address_that_a_browser_opens(service, answers):
    service.answers = answers
    with pytest.raises(WorkshopError) as caught:
        Transport("Prefect", service.url, PUBLIC).get("/api/health")
    assert (PUBLIC in str(caught.value), service.url in str(caught.value)) == (True, False)


def test_a_message_of_a_service_that_is_down_names_the_address_that_a_browser_opens():
    internal = f"http://127.0.0.1:{free_ports(1)[0]}"
    with pytest.raises(ServiceDown, match=f"Prefect does not answer at {PUBLIC}. Start"):
        Transport("Prefect", internal, PUBLIC).get("/api/health")
