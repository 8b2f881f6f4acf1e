"""A service is added with one file and one block of docker-compose.yml: all else follows, or a test names it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import free_ports
from tests.stack.compose.project import copy_repository

SERVICE = '''
"""A shelf of files, served by Python's own web server."""

from app.engine.stack.probes import Call, Unwell
from app.engine.stack.service import Program, Service


def probe_shelf(call: Call) -> str:
    """Get the file that lies on the shelf since the start."""
    response = call.http.get(f"{call.settings.internal_url('shelf')}/LICENSE")
    if response.status_code != 200:
        raise Unwell(f"it answers {response.status_code}")
    return "Hands out files."


SERVICE = Service(
    order=65,
    id="shelf",
    title="Shelf",
    purpose="Hands out files.",
    probe=probe_shelf,
    port=8599,
    port_meaning="Port of the shelf.",
    url_meaning="URL at which the panel reaches the shelf, and at which a browser opens it.",
    exposure="they can read what lies on it",
    starts=(
        Program(
            "shelf",
            container="shelf",
            image="prefect",
            memory="96m",
            arguments=("-m", "http.server", "{SHELF_PORT}", "--bind", "{BIND_ADDRESS}"),
            local_arguments=("--directory", "{DATA_DIR}/shelf"),
            compose_arguments=("--directory", "/workspace"),
            start_seconds=1,
        ),
    ),
    state_folder="shelf",
    state_files={"LICENSE": "LICENSE"},
    variables={"SHELF_COLOUR": "red 100%"},
    local_variables=lambda place: {"SHELF_FOLDER": str(place.data / "shelf")},
)
'''
BLOCK = """
  shelf:
    <<: *service
    image: ${COMPOSE_PROJECT_NAME}-prefect
    command: [python, -m, http.server, "8599", --bind, 0.0.0.0, --directory, /workspace]
    depends_on: *after-init
    ports: ["${BIND_ADDRESS:-127.0.0.1}:${SHELF_PORT:-8599}:8599"]
    mem_limit: 96m
    healthcheck: {<<: *health, test: [CMD, as-owner, python, -m, app.engine.stack.compose.container_health, shelf]}
"""
VARIABLES = """
  SHELF_PORT: "8599"
  SHELF_INTERNAL_URL: http://shelf:8599
  SHELF_PUBLIC_URL: ${SHELF_PUBLIC_URL:-http://127.0.0.1:${SHELF_PORT:-8599}}
  SHELF_COLOUR: red 100%
"""
TOLD = """
import json
from app.components.services.cards import PURPOSES
from app.engine.stack.compose.container_health import PROBES
from app.engine.stack.compose.proxy import container_names
from app.engine.stack.guard import names_of
from app.engine.stack.local.configuration import configuration
from app.engine.stack.local.environment import STATE_FOLDERS, stack_environment
from app.engine.stack.local.exposure import warning
from app.engine.stack.services import SERVICES
from app.settings import Settings
from app.views.services import CARRIES
settings = Settings()
environment = stack_environment(settings)
print(json.dumps({
    "order": [service.id for service in SERVICES],
    "url": settings.public_url("shelf"),
    "program": configuration().partition("[program:shelf]")[2].partition("[program:")[0],
    "environment": {name: value for name, value in environment.items() if name.startswith("SHELF_")},
    "folders": STATE_FOLDERS,
    "health": sorted(PROBES),
    "proxy": container_names(),
    "hosts": sorted(names_of("shelf", environment).hosts),
    "page": [PURPOSES["shelf"], CARRIES["shelf"]],
    "exposure": warning(settings),
}))
"""
PAGE = """
import json
from streamlit.testing.v1 import AppTest
test = AppTest.from_string("from app.views.services import show; show()", default_timeout=60).run()
assert not test.exception, test.exception
print(json.dumps({
    "shown": [each.value for each in [*test.markdown, *test.caption]],
    "logs": test.selectbox[0].options,
}))
"""
AGREEMENTS = (
    *("told_of_the_services", "example", "agree", "runs_its", "told_where", "same_in_both", "proxy_knows"),
    *("guides_table", "asked_for_its_health"),
)
"""Words in the names of the tests that compare files with the services."""


def in_checkout(checkout: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | variables
    done = [sys.executable, *command]
    return subprocess.run(done, cwd=checkout, env=environment, capture_output=True, text=True, timeout=180)


def answer(checkout: Path, program: str, **variables: str) -> dict[str, Any]:
    """Run Python in a checkout, and read the JSON that it prints at last."""
    done = in_checkout(checkout, "-c", program, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    answered: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answered


def failed(done: subprocess.CompletedProcess[str]) -> set[str]:
    """Name the tests that failed, with their parameters."""
    lines = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("FAILED ")]
    return {line.rpartition("::")[2] for line in lines}


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A copy of this repository with one more file."""
    folder = copy_repository(tmp_path / "checkout")
    (folder / "app" / "engine" / "stack" / "services" / "shelf.py").write_text(SERVICE.lstrip())
    return folder


def test_all_that_the_stacks_know_of_a_service_follows_from_its_file(checkout, tmp_path):
    data = tmp_path / "data"
    told = answer(checkout, TOLD, SHELF_PORT="8600", DATA_DIR=str(data), BIND_ADDRESS="192.0.2.7")
    assert told["order"][-3:] == ["unreliable_api", "shelf", "panel"]
    assert told["url"] == "http://192.0.2.7:8600"
    assert (
        'command = "%(ENV_STACK_PYTHON)s" -m http.server "%(ENV_SHELF_PORT)s" --bind "%(ENV_BIND_ADDRESS)s" '
        '--directory "%(ENV_DATA_DIR)s/shelf"\n' in told["program"]
    )
    assert "autostart = true" in told["program"]
    assert "startsecs = 1\n" in told["program"]
    assert told["environment"] == {
        "SHELF_PORT": "8600",
        "SHELF_INTERNAL_URL": "http://192.0.2.7:8600",
        "SHELF_PUBLIC_URL": "http://192.0.2.7:8600",
        "SHELF_COLOUR": "red 100%",
        "SHELF_FOLDER": str(data / "shelf"),
    }
    assert "shelf" in told["folders"]
    assert "shelf" in told["health"]
    assert "shelf" in told["proxy"]
    assert told["hosts"] == ["127.0.0.1", "192.0.2.7", "::1", "localhost"]
    assert told["page"] == ["Hands out files.", []]
    assert "With Shelf (port 8600) they can read what lies on it." in told["exposure"]


def test_documents_and_compose_file_are_named_until_they_tell_of_it(checkout):
    tests = ("tests/test_readme.py", "tests/test_settings.py", "tests/stack/compose/test_compose_files.py")
    command = (
        "-m",
        "pytest",
        "-q",
        *tests,
        "-k",
        f"({' or '.join(AGREEMENTS)}) and not linux",
        "-p",
        "no:cacheprovider",
    )
    missing = failed(in_checkout(checkout, *command))
    assert {
        "test_what_is_told_of_the_services_is_what_their_files_say[README.md]",
        "test_what_is_told_of_the_services_is_what_their_files_say[README_DOCKER.md]",
        "test_what_is_told_of_the_services_is_what_their_files_say[.env.example]",
        "test_the_example_documents_every_variable_and_no_other",
        "test_the_proxy_knows_every_service",
        "test_a_container_runs_its_services_program[shelf]",
        "test_a_block_agrees_with_its_services_file[shelf]",
        "test_every_container_is_told_where_a_service_is[shelf]",
        "test_every_container_has_the_variables_that_are_the_same_in_both_stacks",
    } <= missing
    compose = checkout / "docker-compose.yml"
    text = (
        compose.read_text()
        .replace("\nnetworks:\n", f"{BLOCK}\nnetworks:\n")
        .replace("\n  WORKSPACE:", f"{VARIABLES}  WORKSPACE:")
    )
    compose.write_text(text.replace(",unreliable-api,proxy", ",unreliable-api,shelf,proxy"))
    assert in_checkout(checkout, "-c", "from tests.tools.services import write; write()").returncode == 0
    done = in_checkout(checkout, *command)
    assert failed(done) == set(), done.stdout[-3000:]
    assert done.returncode == 0, done.stdout[-3000:]
    assert (
        "| `shelf` | prefect | Hands out files | http://127.0.0.1:8599 | 96 MB |"
        in (checkout / "workshop" / "docs" / "README_DOCKER.md").read_text()
    )


def test_it_starts_is_shown_and_stops(checkout, tmp_path):
    for file in (checkout / "app" / "engine" / "stack" / "services").glob("*.py"):
        if file.stem not in ("__init__", "shelf", "panel"):
            file.unlink()
    shelf, panel = free_ports(2)
    variables = {"SHELF_PORT": str(shelf), "PANEL_PORT": str(panel), "DATA_DIR": str(tmp_path / "data")}
    stack = ("-m", "app.engine.stack.local")
    try:
        started = in_checkout(checkout, *stack, "up", **variables)
        assert started.returncode == 0, started.stdout + started.stderr
        assert f"http://127.0.0.1:{shelf}" in started.stdout
        status = in_checkout(checkout, *stack, "status", **variables)
        assert status.stdout.splitlines()[0].split() == [
            *("Shelf", "healthy", f"http://127.0.0.1:{shelf}", "Hands", "out", "files.")
        ]
        page = answer(checkout, PAGE, **variables)
        assert "**Shelf**" in page["shown"]
        assert "Hands out files." in page["shown"]
        assert page["logs"] == ["shelf", "panel"]
    finally:
        stopped = in_checkout(checkout, *stack, "down", **variables)
    assert stopped.stdout.endswith("Everything is stopped.\n"), stopped.stdout + stopped.stderr
    assert in_checkout(checkout, *stack, "status", **variables).returncode == 1
