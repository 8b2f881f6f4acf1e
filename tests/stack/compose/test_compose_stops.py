"""Containers that are killed, restarted, stopped and deleted: what comes back, what is kept, what is gone."""

from typing import Any

import httpx
import pytest

from app.settings import Settings
from tests.polling import wait_until
from tests.stack.compose.project import STAYING, ComposeProject, documented
from tests.visits import SECONDS

VOLUMES = ("mlflow", "prefect-server", "prefect-results", "dagster")


def test_what_the_guide_says_after_an_edit_and_for_a_restart(project):
    for name in ("register", "restart"):
        project.run(documented(name))
        wait_until(lambda: project.is_healthy, 300, f"all healthy after {name}")


def main_process(project: ComposeProject, service: str) -> str:
    """The pid, inside the container, of what its first process, tini, started."""
    return project.inside(service, "cat /proc/1/task/1/children").split()[0]


def test_a_container_of_each_kind_that_is_killed_comes_back(project):
    def restarts() -> dict[str, int]:
        return {name: int(each["RestartCount"]) for name, each in project.containers().items() if name in STAYING}

    before = restarts()
    for service in STAYING:
        project.inside(service, f"sh -c 'kill -9 {main_process(project, service)}' || true")
    wait_until(lambda: all(restarts()[name] > before[name] for name in STAYING), 120, "each is started again")
    wait_until(lambda: project.is_healthy, 300, "all healthy after each was killed")


def stored(settings: Settings) -> dict[str, Any]:
    """What the services have stored, as their own APIs tell it."""
    query = {"query": "{ runsOrError { ... on Runs { results { runId } } } }"}
    with httpx.Client(timeout=SECONDS) as http:
        dagster = http.post(f"{settings.public_url('dagster')}/graphql", json=query).json()
        models = http.get(f"{settings.public_url('mlflow')}/api/2.0/mlflow/model-versions/search").json()
        flow_runs = http.post(f"{settings.public_url('prefect')}/api/flow_runs/count", json={}).json()
    return {
        "flow runs": flow_runs,
        "runs": [run["runId"] for run in dagster["data"]["runsOrError"]["results"]],
        "versions": [version["version"] for version in models.get("model_versions", [])],
    }


def predictions(project: ComposeProject) -> list[str]:
    """Where the log says they are: in the host's data folder."""
    return sorted(file.name for file in (project.folder / "data" / "predictions" / "me").iterdir())


def test_a_stop_keeps_what_the_services_stored(project):
    project.run_steps("part5_full_pipeline", "assets")
    before, files = stored(project.settings), predictions(project)
    assert before["flow runs"] >= 1
    assert before["runs"]
    assert len(before["versions"]) >= 2
    assert len(files) >= 2
    project.run(documented("stop"))
    assert project.containers() == {}
    project.run(documented("build"))
    assert project.is_healthy
    assert (stored(project.settings), predictions(project)) == (before, files)


@pytest.mark.last
def test_a_reset_deletes_what_the_services_stored_and_nothing_of_the_learner(project):
    volumes = f"docker volume ls --quiet --filter label=com.docker.compose.project={project.name}"
    assert set(project.run(volumes).split()) == {f"{project.name}_{volume}" for volume in VOLUMES}
    code = project.folder / "workshop" / "mine.py"
    code.write_text("# a learner's own")
    project.run(documented("reset"))
    assert project.containers() == {}
    assert project.run(volumes) == ""
    assert code.read_text() == "# a learner's own"
    assert (project.folder / "data" / "customer_data.csv").exists()
    assert predictions(project)
