"""`docker compose up -d` as typed, whoever owns the clone, and after that owner has changed.

Few services prove it: one that stores, and one that has the mounts of the learner's code alone.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.polling import wait_until
from tests.stack.compose.confinement import assert_is_confined
from tests.stack.compose.conftest import new_project
from tests.stack.compose.project import ComposeProject, documented
from tests.visits import SECONDS

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="Only root can give a clone to another user.")
SOME = ("prefect-server", "unreliable-api")
START = documented("start as typed").strip()
OWN_WORDS = re.compile(r"pull|warn", re.I)
BY_BUILDKIT = re.compile(r"^(#|\s*$)")


@pytest.fixture(scope="module")
def typed(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeProject]:  # noqa: ARG001
    """A fresh clone of root's, with no image yet."""
    project = new_project(tmp_path_factory.mktemp("typed") / "clone", "ids", user=0, group=0)
    try:
        yield project
    finally:
        project.remove()


def stored_flows(project: ComposeProject) -> int:
    prefect = project.settings.public_url("prefect")
    return int(httpx.post(f"{prefect}/api/flows/count", json={}, timeout=SECONDS).json())


def store_a_flow(project: ComposeProject, name: str) -> None:
    prefect = project.settings.public_url("prefect")
    httpx.post(f"{prefect}/api/flows/", json={"name": name}, timeout=SECONDS).raise_for_status()


def state(project: ComposeProject, service: str) -> dict[str, Any]:
    status: dict[str, Any] = project.containers()[service]["State"]
    return status


def are_healthy(project: ComposeProject) -> bool:
    return {state(project, service)["Health"]["Status"] for service in SOME} == {"healthy"}


def start(project: ComposeProject) -> list[str]:
    """Start some services, and return what Compose itself printed about it."""
    done = project.attempt(f"{START} {' '.join(SOME)}")
    assert done.returncode == 0, done.stderr[-6000:]
    wait_until(lambda: are_healthy(project), 180, f"{' and '.join(SOME)} are healthy")
    return [line for line in (done.stdout + done.stderr).splitlines() if not BY_BUILDKIT.match(line)]


def owners(project: ComposeProject) -> set[tuple[int, int]]:
    status = [path.lstat() for path in [project.folder, *project.folder.rglob("*")]]
    return {(each.st_uid, each.st_gid) for each in status}


def refuses(project: ComposeProject, service: str, options: str = "") -> str:
    """Start a program that must not start, and return why."""
    done = project.attempt(f"docker compose run --rm --no-deps -T {options} {service} true")
    assert done.returncode != 0
    return done.stderr


def test_the_first_start_works_and_warns_of_nothing(typed):
    printed = start(typed)
    assert printed
    assert [line for line in printed if OWN_WORDS.search(line)] == []
    for service in SOME:
        assert_is_confined(typed, service, 0, 0)
    assert owners(typed) == {(0, 0)}
    assert (typed.folder / "data" / "customer_data.csv").exists()
    store_a_flow(typed, "kept")


@pytest.mark.parametrize("user", [1000, 1234])
def test_another_owner_starts_it_with_what_was_stored(typed, user):
    flows = stored_flows(typed)
    typed.compose("down")
    typed.give_to(user, user + 1)
    start(typed)
    for service in SOME:
        assert_is_confined(typed, service, user, user + 1)
    assert owners(typed) == {(user, user + 1)}
    assert stored_flows(typed) == flows >= 1
    store_a_flow(typed, f"of {user}")


def test_an_id_in_env_wins_and_is_taken_up_by_the_same_command(typed):
    flows = stored_flows(typed)
    with (typed.folder / ".env").open("a") as file:
        file.write("WORKSHOP_UID=4321\nWORKSHOP_GID=4322\n")
    start(typed)
    for service in SOME:
        assert_is_confined(typed, service, 4321, 4322)
    assert stored_flows(typed) == flows


def test_a_store_of_another_owner_is_never_called_healthy(typed):
    """Nor does a program start on it: what it would write, it could not."""
    check = "as-owner python -m app.engine.stack.compose.container_health prefect-server"
    assert typed.attempt(f"docker compose exec -T prefect-server {check}").returncode == 0
    elsewhere = "docker compose run --rm --no-deps -T -e WORKSHOP_UID=1000 -e WORKSHOP_GID=1000 init"
    typed.attempt(elsewhere)  # it hands the volumes over, as if the clone had another owner
    refused = typed.attempt(f"docker compose exec -T prefect-server {check}")
    assert refused.returncode != 0
    assert "as-owner: /var/lib/prefect belongs to 1000:1000, not to 4321:4322. Run:" in refused.stderr
    wait_until(lambda: state(typed, "prefect-server")["Health"]["FailingStreak"] > 0, 30, "Docker knows")
    assert "belongs to 1000:1000" in refuses(typed, "prefect-server")


def test_a_name_instead_of_a_number_is_refused_with_a_sentence(typed):
    told = refuses(typed, "unreliable-api", "-e WORKSHOP_UID=me")
    assert "as-owner: WORKSHOP_UID and WORKSHOP_GID must be numbers, not me and 4322" in told
