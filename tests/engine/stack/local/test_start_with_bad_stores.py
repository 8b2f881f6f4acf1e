"""`make up` on stores that cannot be used: a sentence that names the file and what helps, and nothing is started."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from app.engine.stack.local.environment import settings_environment, stack_folder
from app.engine.stack.local.processes import stack_processes
from app.settings import ROOT, Settings
from tests.conftest import own_settings
from tests.engine.stack.test_stores import as_root, make_database, mount, on_linux, write_garbage

FILES = {"mlflow": "mlflow/mlflow.db", "prefect": "prefect/prefect.db", "dagster": "dagster/history/runs/index.db"}
each_service = pytest.mark.parametrize("name", FILES.values(), ids=FILES)


@pytest.fixture
def settings(tmp_path) -> Settings:
    return own_settings(tmp_path / "data")


def make_up(settings: Settings) -> str:
    """Type it, see that it fails and starts nothing, and return what it says."""
    command = [sys.executable, "-m", "app.engine.stack.local", "up"]
    environment = os.environ | settings_environment(settings)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert stack_processes(settings) == []
    assert "Traceback" not in said
    assert "make up" not in said
    return said


def store(settings: Settings, name: str) -> Path:
    file = settings.data_dir / name
    file.parent.mkdir(parents=True)
    return make_database(file)


@each_service
def test_garbage_in_place_of_a_database(settings, name):
    file = store(settings, name)
    write_garbage(file)
    before = file.read_bytes()
    said = make_up(settings)
    assert f"{file} cannot be read (it is no SQLite file)" in said
    assert "move it away" in said
    assert "Nothing was started." in said
    assert file.read_bytes() == before


@each_service
def test_a_database_that_somebody_has_locked(settings, name):
    file = store(settings, name)
    with closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        said = make_up(settings)
    assert f"{file} is locked by" in said
    if Path("/proc/locks").exists():
        assert f"(process {os.getpid()})" in said


@as_root
@on_linux
@each_service
def test_a_database_in_a_folder_that_is_mounted_read_only(settings, name):
    file = store(settings, name)
    folder = settings.data_dir / Path(name).parts[0]
    mount("--bind", folder, folder)
    try:
        mount("-o", "remount,ro,bind", folder)
        said = make_up(settings)
    finally:
        subprocess.run(["umount", folder], check=True)
    assert f"{folder}/" in said
    assert " cannot be written (its file system is read-only). Mount it so that it can be written" in said
    assert file.exists()


def fill(file: Path) -> None:
    with suppress(OSError), file.open("wb", buffering=0) as film:
        while film.write(b"x" * 100_000):
            pass


@as_root
@on_linux
def test_a_data_folder_on_a_full_disk(settings):
    settings.data_dir.mkdir()
    mount("-t", "tmpfs", "-o", "size=30m", "none", settings.data_dir)
    try:
        store(settings, FILES["mlflow"])
        fill(settings.data_dir / "film.mp4")
        said = make_up(settings)
    finally:
        subprocess.run(["umount", settings.data_dir], check=True)
    assert "on a full disk" in said or "No space left on device" in said
    assert str(settings.data_dir) in said


@as_root
@on_linux
def test_a_data_folder_that_is_read_only_as_a_whole(settings):
    settings.data_dir.mkdir()
    mount("--bind", settings.data_dir, settings.data_dir)
    try:
        mount("-o", "remount,ro,bind", settings.data_dir)
        said = make_up(settings)
    finally:
        subprocess.run(["umount", settings.data_dir], check=True)
    assert str(settings.data_dir) in said
    assert "Read-only file system" in said


def test_several_are_told_at_once(settings):
    files = [store(settings, name) for name in (FILES["mlflow"], FILES["prefect"])]
    for file in files:
        write_garbage(file)
    said = make_up(settings)
    assert all(str(file) in said for file in files)


def test_a_supervisor_that_cannot_write_its_logs_is_named(settings):
    folder = stack_folder(settings) / "logs"
    folder.parent.mkdir(parents=True)
    folder.write_text("in the way")
    said = make_up(settings)
    assert str(folder) in said
