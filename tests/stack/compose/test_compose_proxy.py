"""The panel sees and restarts this project's containers through the proxy, and can do nothing else to Docker."""

import json
from typing import Any

import pytest

from app.engine.stack.services import SERVICES
from tests.polling import wait_until
from tests.stack.compose.project import ComposeProject

ASK = """
import json, sys, httpx
http = httpx.Client(base_url="http://proxy:2375", timeout=30)
answers = []
for method, path in json.load(sys.stdin):
    answers.append(http.request(method, httpx.URL("http://proxy:2375", raw_path=path.encode())).status_code)
print(json.dumps(answers))
"""
CONTROL = """
import json
from app.engine.stack.control import service_control
from app.settings import get_settings
control = service_control(get_settings())
"""
LOOK = (
    CONTROL
    + """
found = control.runtimes()
print(json.dumps({
    "services": sorted(found),
    "states": sorted({each.state for each in found.values()}),
    "memory": min(each.memory for each in found.values()),
    "started": all(each.started for each in found.values()),
    "logs": {program: len(control.log(program, 5)) for each in found.values() for program in each.programs},
}))
"""
)
RESTART = CONTROL + 'control.restart("{service}")'


def in_panel(project: ComposeProject, code: str, given: str = "", may_end: bool = False) -> str:
    """Run Python in the panel's container; whoever restarts the panel may end with it."""
    return project.inside("panel", f"python -c '{code}'{' || true' if may_end else ''}", given)


def test_the_panel_sees_this_projects_services(project):
    seen = json.loads(in_panel(project, LOOK))
    assert seen["services"] == sorted(service.id for service in SERVICES)
    assert (seen["states"], seen["started"]) == (["running"], True)
    assert seen["memory"] > 2**20
    assert set(seen["logs"]) == {name for service in SERVICES for name in service.containers}
    assert set(seen["logs"].values()) <= {0, 1, 2, 3, 4, 5}
    assert seen["logs"]["prefect-server"] == 5


@pytest.mark.parametrize(("service", "container"), [("worker", "prefect-worker"), ("panel", "panel")])
def test_the_panel_restarts_a_service_and_even_itself(project, service, container):
    def started() -> Any:
        return project.containers()[container]["State"]["StartedAt"]

    before = started()
    in_panel(project, RESTART.format(service=service), may_end=True)
    wait_until(lambda: started() > before, 60, f"{container} has been restarted")
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
    printed = project.inside(service, f"python -c '{look}' 2>&1 || true")
    assert "gaierror" in printed
