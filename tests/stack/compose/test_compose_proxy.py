"""The panel sees and restarts this project's containers through the proxy, and can do nothing else to Docker."""

import json
from typing import Any

import pytest

from tests.polling import wait_until
from tests.stack.compose.project import STAYING, ComposeProject

ASK = """
import json, sys, httpx
http = httpx.Client(base_url="http://proxy:2375", timeout=30)
answers = []
for method, path in json.load(sys.stdin):
    answers.append(http.request(method, httpx.URL("http://proxy:2375", raw_path=path.encode())).status_code)
print(json.dumps(answers))
"""
USE_SDK = """
import json, docker
api, project = docker.from_env().api, "{project}"
listed = api.containers(all=True)
worker = f"{{project}}-prefect-worker-1"
print(json.dumps({{
    "listed": sorted(each["Labels"]["com.docker.compose.service"] for each in listed),
    "projects": sorted({{each["Labels"]["com.docker.compose.project"] for each in listed}}),
    "state": api.inspect_container(worker)["State"]["Status"],
    "memory": api.stats(worker, stream=False)["memory_stats"]["usage"],
    "log": api.logs(worker, tail=5).decode(),
}}))
"""
RESTART = 'import docker; docker.from_env().api.restart("{project}-prefect-worker-1", timeout=5)'


def in_panel(project: ComposeProject, code: str, given: str = "") -> str:
    return project.compose(f"exec -T panel python -c '{code}'", given)


def test_the_docker_sdk_sees_and_restarts_this_projects_containers(project, neighbour):
    seen = json.loads(in_panel(project, USE_SDK.format(project=project.name)))
    assert set(STAYING) | {"init"} == set(seen["listed"])
    assert seen["projects"] == [project.name] != [neighbour.name]
    assert seen["state"] == "running"
    assert seen["memory"] > 2**20
    assert len(seen["log"].splitlines()) == 5

    def started() -> Any:
        return project.containers()["prefect-worker"]["State"]["StartedAt"]

    before = started()
    in_panel(project, RESTART.format(project=project.name))
    assert started() > before
    wait_until(lambda: project.is_healthy, 300, "all healthy after the restart")


def refused_questions(project: ComposeProject, neighbour: ComposeProject) -> list[tuple[str, str]]:
    own, other = f"{project.name}-mlflow-1", f"{neighbour.name}-mlflow-1"
    by_id = project.containers()["mlflow"]["Id"]
    return [
        *(("GET", path) for path in ("/images/json", "/volumes", "/networks", "/info", "/events", "/system/df", "/")),
        *(("GET", f"/containers/{other}/{verb}") for verb in ("json", "stats?stream=0", "logs?stdout=1")),
        *(("GET", f"/containers/{own}/{verb}") for verb in ("top", "changes", "export", "archive?path=/", "attach/ws")),
        *(
            ("POST", f"/containers/{own}/{verb}")
            for verb in ("exec", "kill", "stop", "start", "pause", "update", "json")
        ),
        *(("POST", f"/containers/{own}/{verb}") for verb in ("rename?name=x", "attach", "resize?h=1&w=1", "wait")),
        *(("POST", path) for path in ("/containers/create", "/containers/json", "/containers/prune", "/build")),
        *(("POST", path) for path in ("/images/create?fromImage=x", "/volumes/create", "/auth", "/exec/1/start")),
        ("POST", f"/containers/{other}/restart"),
        ("POST", f"/v1.41/containers/{other}/restart"),
        ("GET", f"/containers/{by_id}/json"),
        ("GET", f"/containers/{own}/../{other}/json"),
        ("GET", f"/containers/{own}%2f..%2f{other}/json"),
        ("GET", f"/containers/json/../{other}/json"),
        ("GET", f"/v1.41/../images/json?x=/containers/{own}/json"),
        ("GET", f"//containers/{own}/json"),
        ("GET", f"/containers/{own}/restart"),
        ("DELETE", f"/containers/{own}"),
        ("PUT", f"/containers/{own}/archive?path=/"),
        ("PATCH", f"/containers/{own}/json"),
    ]


def test_everything_else_is_refused(project, neighbour):
    questions = refused_questions(project, neighbour)
    answers = json.loads(in_panel(project, ASK, json.dumps(questions)))
    let_through = [question for question, status in zip(questions, answers, strict=True) if status != 403]
    assert let_through == []
    assert neighbour.containers()["mlflow"]["State"]["Status"] == "running"


def test_the_same_way_of_asking_reaches_what_is_allowed(project):
    own = f"{project.name}-mlflow-1"
    allowed = [("GET", "/_ping"), ("GET", "/v1.41/containers/json?all=1"), ("GET", f"/containers/{own}/json")]
    assert json.loads(in_panel(project, ASK, json.dumps(allowed))) == [200, 200, 200]


@pytest.mark.parametrize("service", ["mlflow", "prefect-worker", "dagster-code"])
def test_only_the_panel_reaches_the_proxy(project, service):
    look = 'import socket; socket.create_connection(("proxy", 2375), 3)'
    printed = project.compose(f"exec -T {service} python -c '{look}' 2>&1 || true")
    assert "gaierror" in printed
