"""A Docker engine, and clones of this repository that run in it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import ROOT
from tests.conftest import own_settings
from tests.stack.compose.project import GROUP, PREFIX, USER, ComposeProject, copy_repository, documented

ENGINE = ROOT / ".ci" / "engine" / "docker"
NONE_HERE = 75


def answers() -> bool:
    return subprocess.run([ENGINE, "answers"]).returncode == 0


@pytest.fixture(scope="session")
def engine() -> Iterator[None]:
    """Docker with Compose and the base image; where none can run, what needs it is skipped, and says so loudly."""
    was_there = answers()
    started = subprocess.run([ENGINE, "start"], capture_output=True, text=True)
    if started.returncode == NONE_HERE:
        pytest.skip(f"COMPOSE IS NOT TESTED ON THIS MACHINE. {started.stderr.strip()}")
    assert started.returncode == 0, started.stderr
    yield
    if not was_there:
        subprocess.run([ENGINE, "stop"], check=True)


def new_project(folder: Path, name: str, user: int = USER, group: int = GROUP) -> ComposeProject:
    """Clone into a folder of this user, with ports of its own, and delete what a test that was killed has left."""
    folder.mkdir()
    project = ComposeProject(copy_repository(folder), f"{PREFIX}-{name}", own_settings(folder / "data"))
    project.write_env()
    project.give_to(user, group)
    project.remove()
    return project


@pytest.fixture(scope="session")
def clone(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeProject]:  # noqa: ARG001
    """A clone, and whatever runs of it."""
    project = new_project(tmp_path_factory.mktemp("compose") / "clone", "one")
    try:
        yield project
    finally:
        project.remove()


@pytest.fixture
def project(clone: ComposeProject) -> ComposeProject:
    """The clone with everything up, Dagster too, started as the guide says."""
    if not clone.is_healthy:
        clone.run(documented("start"))
    return clone


@pytest.fixture(scope="session")
def neighbour(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeProject]:  # noqa: ARG001
    """A second clone with other ports and another name, of which MLflow runs."""
    project = new_project(tmp_path_factory.mktemp("compose") / "clone", "two")
    try:
        project.compose("up --detach --wait mlflow")
        yield project
    finally:
        project.remove()
