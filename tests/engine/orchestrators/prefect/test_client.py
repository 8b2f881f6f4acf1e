"""What a click becomes before it is sent to Prefect, and what is said when it cannot run."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.engine.errors import InvalidParameters, NotFound, NotRegistered
from app.engine.orchestrators.prefect.client import Prefect
from app.engine.orchestrators.prefect.heartbeat import STALE_HEARTBEAT_SECONDS
from tests.engine.http_service import http_service
from tests.engine.triggers import FLOW, FLOW_CLICK, TAGS


@pytest.fixture
def service():
    with http_service() as service:
        yield service


@pytest.fixture
def prefect(service):
    return Prefect(service.url, "http://public:4200", "workshop")


@pytest.fixture(scope="module")
def build():
    return Prefect("http://internal:4200", "http://public:4200", "workshop").build_request


def key_of(build, **changes):
    return build(replace(FLOW_CLICK, **changes)).body["idempotency_key"]


def test_the_request_creates_a_flow_run_of_the_deployment(build):
    request = build(FLOW_CLICK)
    assert (request.method, request.path) == ("POST", "/api/deployments/d-1/create_flow_run")
    assert request.url == "http://internal:4200/api/deployments/d-1/create_flow_run"
    assert request.public_url == "http://public:4200/api/deployments/d-1/create_flow_run"
    assert set(request.body) == {"parameters", "tags", "job_variables", "idempotency_key"}
    assert request.body["parameters"] == {"trees": 20}


def test_the_run_is_tagged_with_whose_click_it_is_and_which_code(build):
    labels = TAGS | {"workshop/step": "part5"}
    assert build(FLOW_CLICK).body["tags"] == sorted(f"{key}:{value}" for key, value in labels.items())


def test_the_run_works_in_the_learners_own_workspace(build):
    assert build(FLOW_CLICK).body["job_variables"] == {"working_dir": "/data/learners/ada"}


@pytest.mark.parametrize(
    "changes",
    [
        {"learner": "bob"},
        {"step": "part6"},
        {"click": "c2"},
        {"parameters": {"trees": 21}},
        {"code": "def456"},
        {"workspace": Path("/elsewhere")},
        {"target": replace(FLOW, name="churn-pipeline/part6")},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_another_click_has_another_key(build, changes):
    assert key_of(build, **changes) != key_of(build)


def test_the_same_click_has_the_same_key(build):
    assert key_of(build) == key_of(build)
    swapped = {"share": 0.3, "trees": 20}
    assert key_of(build, parameters=swapped) == key_of(build, parameters=dict(reversed(swapped.items())))
    assert len(key_of(build)) == 32


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"trees": 9}, {"trees": "9 is too small; the least is 10."}),
        ({"share": 0.9}, {"share": "0.9 is too large; the most is 0.5."}),
        ({"trees": "ten"}, {"trees": "'ten' is not of type integer."}),
        ({"tree": 20}, {"parameters": "Additional properties are not allowed ('tree' was unexpected)."}),
    ],
)
def test_values_out_of_bounds_are_refused_and_nothing_is_sent(prefect, service, parameters, problem):
    with pytest.raises(InvalidParameters) as caught:
        prefect.trigger(replace(FLOW_CLICK, parameters=parameters))
    assert caught.value.problems == problem
    assert service.asked == []


def test_what_is_sent_is_the_request_object(prefect, service):
    service.answers = [(503, {}), (201, {"id": "r1"})]
    assert prefect.trigger(FLOW_CLICK) == "r1"
    request = prefect.build_request(FLOW_CLICK)
    assert service.asked == [(request.method, request.path, request.body)] * 2


def test_a_deployment_is_read_with_its_schema_and_schedules(prefect, service):
    schedule = {"id": "s1", "schedule": {"cron": "0 6 * * *"}, "active": False}
    service.answers = [(200, {"id": "d-1", "parameter_openapi_schema": FLOW.schema, "schedules": [schedule]})]
    target = prefect.target("churn-pipeline/part5")
    assert (target.id, target.schema, target.orchestrator) == ("d-1", FLOW.schema, "prefect")
    assert [(each.id, each.words, each.is_active) for each in target.schedules] == [("s1", "0 6 * * *", False)]
    assert service.asked[0][1] == "/api/deployments/name/churn-pipeline/part5"


def test_what_prefect_does_not_know_is_named(prefect, service):
    service.answers = [(404, {})]
    with pytest.raises(NotRegistered, match=r"no deployment churn-pipeline/part5. Register .* `make up`"):
        prefect.target("churn-pipeline/part5")
    with pytest.raises(NotFound, match="no flow run r1"):
        prefect.run("r1")
    assert "no work pool workshop" in prefect.blockers(FLOW)[0].reason


POOL = (200, {"is_paused": False})


def heartbeat(age: float | None) -> dict[str, str | None]:
    now = datetime.now(UTC)
    return {"last_heartbeat_time": None if age is None else (now - timedelta(seconds=age)).isoformat()}


@pytest.mark.parametrize(
    ("ages", "words"),
    [
        ([], "No worker has polled the work pool workshop yet"),
        ([None], "No worker has polled the work pool workshop yet"),
        ([STALE_HEARTBEAT_SECONDS + 1], "No worker has polled for 1"),
        ([None, 4000, 3000], "No worker has polled for 300"),
    ],
)
def test_no_worker_that_polls_is_said(prefect, service, ages, words):
    service.answers = [POOL, (200, [heartbeat(age) for age in ages])]
    (blocker,) = prefect.blockers(FLOW)
    assert words in blocker.reason
    assert "`make up`" in blocker.reason


def test_one_worker_that_polls_is_enough(prefect, service):
    service.answers = [POOL, (200, [heartbeat(500), heartbeat(1)])]
    assert prefect.blockers(FLOW) == []


def test_a_paused_pool_is_said(prefect, service):
    service.answers = [(200, {"is_paused": True}), (200, [heartbeat(1)])]
    (blocker,) = prefect.blockers(FLOW)
    assert "The work pool workshop is paused" in blocker.reason
    assert blocker.page == "http://public:4200/work-pools"


def test_a_run_has_a_page_that_a_browser_can_open(prefect):
    assert prefect.run_url("r1") == "http://public:4200/runs/flow-run/r1"
