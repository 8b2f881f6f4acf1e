"""A hostile web page, open in the same browser, starts nothing, reads nothing and opens no connection."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserType, Page

from app.engine.orchestrators.contract import ApiRequest
from app.engine.orchestrators.transport import Transport
from tests.e2e.hostile import HOST, LISTEN, READ, RESOLVES, SEND, SHOW_IMAGE, SUBMIT, Witness, graphql, serve
from tests.e2e.panel import expect_to_be_drawn

PART1 = "tasks-and-flows/part1_tasks_flows"
LIMITS = "{instance{concurrencyLimits{concurrencyKey}}}"


@pytest.fixture(autouse=True)
def asks_nobody_else() -> None:
    """This page is another host's."""


@pytest.fixture(scope="module")
def witness() -> Iterator[Witness]:
    with serve() as server:
        yield server


@pytest.fixture(scope="module")
def hostile_browser(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    options = browser_type_launch_args | {"args": [*browser_type_launch_args["args"], RESOLVES]}
    browser = browser_type.launch(**options)
    yield browser
    browser.close()


@pytest.fixture(params=[HOST, "localhost"])
def hostile(request: pytest.FixtureRequest, hostile_browser: Browser, witness: Witness) -> Iterator[Page]:
    """The page, of another site and of another port of this machine."""
    with hostile_browser.new_context() as context:
        page = context.new_page()
        page.goto(witness.page(request.param))
        yield page


def set_limit(key: str) -> str:
    return f'mutation{{setConcurrencyLimit(concurrencyKey:"{key}",limit:1)}}'


def test_what_the_page_tries_does_arrive_where_nobody_guards(hostile, witness):
    witness.seen.clear()
    base = f"http://127.0.0.1:{witness.server_port}"
    hostile.evaluate(SEND, [f"{base}/blob", "{}", ""])
    hostile.evaluate(SHOW_IMAGE, f"{base}/image")
    hostile.evaluate(LISTEN, [f"{base.replace('http', 'ws')}/socket", "prefect"])
    with hostile.expect_navigation():
        hostile.evaluate(SUBMIT, [f"{base}/form", "{}"])
    assert {"POST /blob", "GET /image", "WebSocket /socket", "POST /form"} <= set(witness.seen)


def test_it_starts_nothing_in_prefect_and_hears_nothing_of_it(hostile, stack, prefect):
    api, name = Transport("Prefect", stack.internal_url("prefect")), f"hostile-{uuid4().hex[:8]}"
    base, deployment = stack.public_url("prefect"), prefect.target(PART1).id
    assert not hostile.evaluate(LISTEN, [f"{base.replace('http', 'ws')}/api/events/out", "prefect"])
    assert hostile.evaluate(READ, f"{base}/api/deployments/{deployment}") == ""
    run = json.dumps({"name": name, "job_variables": {"command": "touch /tmp/hostile"}})
    automation = json.dumps(
        {
            "name": name,
            "trigger": {"type": "event", "posture": "Reactive", "expect": ["x"], "threshold": 1, "within": 0},
            "actions": [{"type": "do-nothing"}],
        }
    )
    for path, body in ((f"deployments/{deployment}/create_flow_run", run), ("automations/", automation)):
        hostile.evaluate(SEND, [f"{base}/api/{path}", body, ""])
        with hostile.expect_navigation():
            hostile.evaluate(SUBMIT, [f"{base}/api/{path}", body])
        hostile.go_back()
    assert api.post("/api/flow_runs/filter", {"flow_runs": {"name": {"any_": [name]}}}) == []
    assert api.post("/api/automations/filter", {"automations": {"name": {"any_": [name]}}}) == []

    made = api.post("/api/automations/", json.loads(automation))  # the body itself is a good one
    api.send(ApiRequest("DELETE", api.base_url, api.base_url, f"/api/automations/{made['id']}", {}))


def test_it_changes_nothing_in_dagster(hostile, stack):
    api, key = Transport("Dagster", stack.internal_url("dagster")), f"hostile-{uuid4().hex[:8]}"
    base, mutation = f"{stack.public_url('dagster')}/graphql", set_limit(key)
    hostile.evaluate(SHOW_IMAGE, f"{base}?query={quote(mutation)}")
    for kind in ("", "text/plain;a=application/json"):
        hostile.evaluate(SEND, [base, graphql(mutation), kind])
        hostile.evaluate(SEND, [f"{base}?query={quote(mutation)}", "", kind])
    with hostile.expect_navigation():
        hostile.evaluate(SUBMIT, [f"{base}?query={quote(mutation)}", ""])
    hostile.goto(f"{base}?query={quote(mutation)}")
    assert key not in json.dumps(api.post("/graphql", {"query": LIMITS}))

    api.post("/graphql", {"query": mutation})  # the mutation itself is a good one
    assert key in json.dumps(api.post("/graphql", {"query": LIMITS}))
    api.post("/graphql", {"query": f'mutation{{deleteConcurrencyLimit(concurrencyKey:"{key}")}}'})


def test_it_changes_nothing_in_mlflow(hostile, stack):
    api, name = Transport("MLflow", stack.internal_url("mlflow")), f"hostile-{uuid4().hex[:8]}"
    path, body = "/api/2.0/mlflow/experiments/create", json.dumps({"name": name})
    for kind in ("", "text/plain"):
        hostile.evaluate(SEND, [stack.public_url("mlflow") + path, body, kind])
    experiments_found = api.post("/api/2.0/mlflow/experiments/search", {"max_results": 1000, "view_type": "ALL"})
    assert name not in json.dumps(experiments_found)

    api.post(path, json.loads(body))  # the body itself is a good one


@pytest.mark.parametrize("parameter", ["run", "search"])
def test_its_link_to_the_panel_loads_nothing(hostile, stack, parameter):
    api, key = Transport("Dagster", stack.internal_url("dagster")), f"hostile-{uuid4().hex[:8]}"
    image = f"![x]({stack.public_url('dagster')}/graphql?query={set_limit(key)})"
    asked: list[str] = []
    hostile.on("request", lambda request: asked.append(request.url))
    page = {"run": "part1_tasks_flows", "search": "runs"}[parameter]
    hostile.goto(f"{stack.public_url('panel')}/{page}?{parameter}={quote(image)}", referer=hostile.url)
    expect_to_be_drawn(hostile)
    ports = {urlsplit(url).port for url in asked}
    assert stack.panel_port in ports
    assert stack.dagster_port not in ports
    assert key not in json.dumps(api.post("/graphql", {"query": LIMITS}))


@pytest.mark.parametrize("service", ["panel", "mlflow", "prefect", "dagster", "unreliable_api"])
def test_a_name_that_an_attacker_points_here_opens_no_service(hostile_browser, stack, service):
    with hostile_browser.new_context() as context:
        page = context.new_page()
        answer = page.goto(f"http://{HOST}:{urlsplit(stack.public_url(service)).port}/")
        assert answer is not None
        assert answer.status == 403
        assert re.search(f"{HOST}.* is not a name of this service", page.inner_text("body"))
