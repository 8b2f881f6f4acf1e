"""The stack in Docker Compose, in a real engine: healthy, confined, and the steps run in it."""

import json
import os
from pathlib import Path

import httpx
import pytest

from app.engine.stack.local.environment import SERVICES_WITH_URL, stack_environment
from app.settings import Settings
from tests.stack.compose.confinement import assert_is_confined
from tests.stack.compose.project import GROUP, ONE_SHOTS, STAYING, USER, documented, named_in_text
from tests.visits import SECONDS, visit

STEPS = ("part1_tasks_flows", "part5_full_pipeline", "assets")
LAPTOP_BYTES = 7 * 2**30
MARK = "edited-on-the-host.txt"
INSIDE = {
    "panel_internal_url": "http://panel:8501",
    "mlflow_internal_url": "http://mlflow:5000",
    "prefect_internal_url": "http://prefect-server:4200",
    "dagster_internal_url": "http://dagster-webserver:3000",
    "unreliable_api_internal_url": "http://unreliable-api:8502",
}
ONLY_LOCAL = {
    *("STACK_ROOT", "STACK_PYTHON", "STACK_FOLDER", "STACK_SOCKETS", "WORKSHOP_STACK_ID"),
    *("DAGSTER_CODE_SOCKET", "PANEL_PYTHONPATH", "MLFLOW_SERVER_ALLOWED_HOSTS"),
}
"""For the supervisor and its sockets; MLflow's container works its hosts out by itself."""
ELSEWHERE = {
    *("PREFECT_HOME", "PREFECT_LOCAL_STORAGE_PATH", "MLFLOW_BACKEND_STORE_URI", "MLFLOW_ARTIFACTS_DESTINATION"),
    *("DAGSTER_HOME", "NO_PROXY", "no_proxy", "DOCKER_PROXY_URL"),
}
"""Folders of the containers' own, and more names."""
IN_INIT = {"DATA_DIR": "/data", "WORKSHOP_DATA_DIR": "/data"}
"""It has the checkout's data/, which holds its scripts, where the others have DATA_DIR."""


BEFORE_THE_PROGRAM = {"SETUID", "SETGID", "SETPCAP"}
CAPABILITIES = {"init": {*BEFORE_THE_PROGRAM, "CHOWN"}, "proxy": set[str]()}
"""Of a container, until its program starts."""
STORES = {
    "mlflow": "/var/lib/mlflow",
    "prefect-server": "/var/lib/prefect",
    "prefect-worker": "/var/lib/prefect",
    "dagster-code": "/var/lib/dagster",
    "dagster-webserver": "/var/lib/dagster",
    "dagster-daemon": "/var/lib/dagster",
}


def test_every_service_is_healthy_and_the_others_have_ended_well(project):
    assert project.health() == dict.fromkeys(STAYING, "healthy")
    containers = project.containers()
    assert {name: containers[name]["State"]["ExitCode"] for name in ONE_SHOTS} == dict.fromkeys(ONE_SHOTS, 0)
    for name in ("look", "health", "inside"):
        assert project.run(documented(name))


@pytest.mark.parametrize("command", named_in_text())
def test_a_command_of_the_guides_sentences_runs(project, command):
    assert project.run(command)


def test_every_container_is_confined(project):
    containers = project.containers()
    assert set(containers) == {*STAYING, *ONE_SHOTS}
    for name, container in containers.items():
        host = container["HostConfig"]
        assert (host["CapDrop"], host["ReadonlyRootfs"], host["Privileged"]) == (["ALL"], True, False)
        added = {capability.removeprefix("CAP_") for capability in host["CapAdd"] or []}
        assert added == CAPABILITIES.get(name, BEFORE_THE_PROGRAM), name
        assert host["SecurityOpt"] == ["no-new-privileges:true"]
        assert container["Name"] == f"/{project.name}-{name}-1"
        mounts = [mount["Source"] for mount in container["Mounts"] if mount["Source"].endswith(".sock")]
        assert mounts == (["/var/run/docker.sock"] if name == "proxy" else [])
        published = [port for ports in (host["PortBindings"] or {}).values() for port in ports]
        assert {port["HostIp"] for port in published} <= {"127.0.0.1"}
    limits = [container["HostConfig"]["Memory"] for name, container in containers.items() if name in STAYING]
    assert all(limits)
    assert sum(limits) <= LAPTOP_BYTES


@pytest.mark.parametrize("service", STAYING)
def test_a_program_has_no_capability_and_is_its_owners(project, service):
    owner = 0 if service == "proxy" else USER
    assert_is_confined(project, service, owner, owner and GROUP)


def test_no_image_carries_a_package_cache_or_a_secret(project):
    images = {container["Config"]["Image"] for container in project.containers().values()}
    caches, secrets = "find /tmp /cache /run/secrets -type f 2>/dev/null", "find / -xdev -name .env"
    look = f"-c '{caches} | head -n 3; {secrets}'"
    leftovers = {image: project.run(f"docker run --rm --entrypoint sh {image} {look}") for image in images}
    assert leftovers == dict.fromkeys(images, "")


@pytest.mark.parametrize(("service", "store"), STORES.items())
def test_a_volume_is_its_owners_alone(project, service, store):
    assert project.inside(service, f"stat -c '%a %u:%g' {store}").strip() == f"700 {USER}:{GROUP}"


def test_a_read_only_root_leaves_only_the_named_places(project):
    places = "/tmp/x /var/lib/prefect/x workshop/x data/x"
    script = f"touch app/x 2>/dev/null || echo refused; touch {places}; rm {places}"
    assert project.inside("prefect-worker", f"sh -c '{script}'").split() == ["refused"]


def test_the_containers_have_the_local_stacks_environment(project):
    public = {f"{name}_public_url": project.settings.public_url(name) for name in SERVICES_WITH_URL}
    folders = {"data_dir": "/workspace/data", "workspace": "/workspace"}
    local = stack_environment(Settings(_env_file=None, bind_address="0.0.0.0", **folders, **public, **INSIDE))
    services = json.loads(project.compose("config --format json"))["services"]
    for name in sorted(set(services) - {"proxy"}):
        theirs = services[name]["environment"]
        assert set(local) - ONLY_LOCAL - set(theirs) == set(), name
        same = set(local) - ONLY_LOCAL - ELSEWHERE
        expected = {**local, **(IN_INIT if name == "init" else {})}
        assert {each: theirs[each] for each in same} == {each: expected[each] for each in same}, name


def test_the_panel_starts_each_step_and_its_checks_pass(project):
    done = project.run_steps(*STEPS)
    assert {name: (each["state"].lower(), each["missed"]) for name, each in done.items()} == {
        "part1_tasks_flows": ("completed", []),
        "part5_full_pipeline": ("completed", []),
        "assets": ("success", []),
    }
    saved = [line for line in done["part5_full_pipeline"]["log"] if line.startswith("Saved ")]
    place = saved[0].rpartition(" to ")[2].removesuffix(" in the data folder")
    assert (project.folder / "data" / place).is_file(), saved
    links = [link for each in done.values() for link in each["links"]]
    assert len(links) == 5  # three runs, two of which made an MLflow run
    for link in [*links, project.settings.public_url("panel")]:
        page = visit(link)
        assert page.status_code == 200, link
    prefect = project.settings.public_url("prefect")
    assert httpx.get(f"{prefect}/ui-settings", timeout=SECONDS).json()["api_url"] == f"{prefect}/api"


def test_a_flow_reaches_the_unreliable_api_and_tries_again(project):
    done = project.run_steps("part2_resilience")["part2_resilience"]
    assert done["state"] == "Completed"
    assert any("Retry 1/3" in line for line in done["log"]), done["log"]


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_an_edit_on_the_host_is_what_the_next_run_executes(project):
    data = project.folder / "data"
    edit(
        project.folder / "workshop" / "churn" / "data.py",
        "    file = data_dir() / FILES[dataset]\n",
        f'    file = data_dir() / FILES[dataset]\n    (data_dir() / "{MARK}").write_text("here")\n',
    )
    for step, state in (("part1_tasks_flows", "Completed"), ("assets", "SUCCESS")):
        (data / MARK).unlink(missing_ok=True)
        assert project.run_steps(step)[step]["state"] == state
        assert (data / MARK).stat().st_uid == USER


def test_what_the_containers_wrote_belongs_to_the_hosts_user(project):
    assert {"customer_data.csv", "cdnow_customers.csv"} <= {file.name for file in (project.folder / "data").iterdir()}
    owners = {path.stat().st_uid for path in [project.folder, *project.folder.rglob("*")]}
    assert owners == {USER}


def test_init_writes_the_data_sets_into_any_folder(project):
    folder = project.folder.with_name("elsewhere")
    folder.mkdir()
    os.chown(folder, USER, GROUP)
    project.run(f"DATA_DIR={folder} docker compose run --rm init")
    assert {"customer_data.csv", "cdnow_customers.csv"} <= {file.name for file in folder.iterdir()}


def test_a_second_clone_runs_beside_the_first(project, neighbour):
    for each in (project, neighbour):
        question = f"{each.settings.public_url('mlflow')}/api/2.0/mlflow/experiments/search"
        assert httpx.post(question, json={"max_results": 1}, timeout=SECONDS).status_code == 200
    assert set(neighbour.containers()) == {"init", "mlflow"}
