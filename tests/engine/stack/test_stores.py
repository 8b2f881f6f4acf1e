"""A store that cannot be used is named with what helps, is left as it was, and one that is well is not disturbed."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.engine.stack import stores
from app.engine.stack.services import SERVICES
from app.engine.stack.services.dagster import FILES as DAGSTER_FILES
from app.engine.stack.stores import first_trouble, trouble_of, trouble_of_folder
from app.settings import ROOT
from tests.polling import wait_until

NOBODY = 65534
as_root = pytest.mark.skipif(os.getuid() != 0, reason="Only root may mount, and be somebody else")
on_linux = pytest.mark.skipif(not Path("/proc/locks").exists(), reason="The system does not tell who holds a lock")


def make_database(file: Path, journal: str = "delete") -> Path:
    """A database with some pages."""
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"PRAGMA journal_mode={journal}")
        database.execute("CREATE TABLE runs (name TEXT)")
        database.executemany("INSERT INTO runs VALUES (?)", [("x" * 500,)] * 200)
        database.commit()
    return file


@pytest.fixture(params=["delete", "wal"])
def database(tmp_path, request) -> Path:
    """As MLflow keeps its own, and as Prefect does."""
    return make_database(tmp_path / "store.db", request.param)


@pytest.fixture
def little_patience(monkeypatch):
    monkeypatch.setattr(stores, "LOCK_SECONDS", 0.2)


def everything_in(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("depth", ["outside", "lock", "whole"])
def test_a_database_that_is_well_is_left_as_it_is(database, depth):
    before = everything_in(database.parent)
    assert trouble_of(database, depth) is None
    assert everything_in(database.parent) == before


def test_one_that_is_yet_to_be_made_is_no_trouble_and_is_not_made(tmp_path):
    assert trouble_of(tmp_path / "new" / "store.db", depth="whole") is None
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_a_database_that_nothing_was_written_to(tmp_path):
    (tmp_path / "store.db").touch()
    assert trouble_of(tmp_path / "store.db", depth="whole") is None


def test_one_that_a_service_uses_is_no_trouble(database):
    with closing(sqlite3.connect(database)) as service:
        service.execute("SELECT * FROM runs LIMIT 1").fetchone()
        service.execute("INSERT INTO runs VALUES ('new')")
        service.commit()
        assert trouble_of(database) is None
        service.execute("INSERT INTO runs VALUES ('newer')")
        service.commit()


def test_a_look_from_outside_takes_no_lock(database):
    with closing(sqlite3.connect(database, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert trouble_of(database, "outside") is None
    write_garbage(database)
    assert trouble_of(database, "outside").kind == "damaged"


KILLED_AT_WORK = """
import os, signal, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA cache_size=5")  # what does not fit is written before the commit
database.execute("BEGIN")
database.execute("UPDATE runs SET name = zeroblob(500)")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("depth", ["lock", "whole"])
def test_what_a_killed_program_had_begun_is_taken_back_and_the_service_may_start(database, depth):
    subprocess.run([sys.executable, "-c", KILLED_AT_WORK, str(database)])
    assert [file for file in database.parent.iterdir() if file != database], "a journal is left"
    assert trouble_of(database, depth) is None
    with closing(sqlite3.connect(database)) as service:
        assert service.execute("SELECT DISTINCT name FROM runs").fetchall() == [("x" * 500,)]


def write_garbage(file: Path) -> None:
    file.write_bytes(b"no database at all\n" * 400)


def damage_a_page(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(8192)
        opened.write(b"\xff" * 4096)


def cut_in_half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


@pytest.mark.parametrize("spoil", [write_garbage, damage_a_page, cut_in_half])
def test_a_damaged_one_is_named_and_nothing_is_made_worse(database, spoil):
    spoil(database)
    before = database.read_bytes()
    trouble = trouble_of(database, depth="whole")
    assert trouble.kind == "damaged"
    assert str(trouble).startswith(f"{database} cannot be read (")
    assert "Nothing was changed in it." in trouble.remedy
    assert database.read_bytes() == before


@pytest.mark.parametrize("folder", ["store", "it's a store"])
def test_what_is_said_of_a_damaged_one_helps_and_overwrites_nothing(tmp_path, folder):
    file = tmp_path / folder / "store.db"
    file.parent.mkdir()
    for name in ("damaged", "damaged-2"):
        write_garbage(file)
        Path(f"{file}-journal").write_text("its journal")
        command = trouble_of(file).remedy.split("`")[1]
        subprocess.run(command, shell=True, check=True)
        assert trouble_of(file) is None
        assert {each.name for each in (file.parent / name).iterdir()} == {"store.db", "store.db-journal"}
    assert {each.name for each in file.parent.iterdir()} == {"damaged", "damaged-2"}


@pytest.mark.usefixtures("little_patience")
@pytest.mark.parametrize("lock", ["IMMEDIATE", "EXCLUSIVE"])
def test_one_that_another_process_has_locked_names_that_process(database, tmp_path, lock):
    ready = tmp_path / "ready"
    program = (
        "import pathlib, sqlite3, sys, time; database = sqlite3.connect(sys.argv[1], isolation_level=None);"
        f"database.execute('BEGIN {lock}'); pathlib.Path(sys.argv[2]).touch(); time.sleep(600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", program, str(database), str(ready)])
    try:
        wait_until(ready.exists, 20, "the other process has the lock")
        trouble = trouble_of(database)
    finally:
        holder.kill()
        holder.wait()
    assert (trouble.kind, trouble.reason.partition(" by ")[0]) == ("locked", f"{database} is locked")
    if Path("/proc/locks").exists():
        assert f"(process {holder.pid})" in trouble.reason
    assert trouble_of(database) is None


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that other users reach: pytest's own are its user's alone."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def said_by_somebody_else(file: Path) -> str:
    """What the check says to a user to whom the file does not belong; to this one, unless it is root."""
    if os.getuid():
        return str(trouble_of(file))
    program = (
        "import os, sys; from pathlib import Path; from app.engine.stack.stores import trouble_of;"
        f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY}); print(trouble_of(Path(sys.argv[1])))"
    )
    done = subprocess.run([sys.executable, "-c", program, file], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["store.db", "new/store.db"])
def test_one_in_a_folder_that_may_not_be_entered_says_so(public_folder, name):
    shut = public_folder / "shut"
    shut.mkdir()
    shut.chmod(0)
    said = said_by_somebody_else(shut / name)
    assert f"{shut / name} cannot be written (no right to write). Give it back to user" in said


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o777), (0o666, 0o555), (0o000, 0o777)])
def test_one_without_rights_says_whom_to_give_it_back_to(public_folder, file_mode, folder_mode):
    file = make_database(public_folder / "store.db")
    before = file.read_bytes()
    file.chmod(file_mode)
    public_folder.chmod(folder_mode)
    said = said_by_somebody_else(file)
    public_folder.chmod(0o755)
    file.chmod(0o644)
    assert f"{file} cannot be written (no right to write)" in said
    assert f"Give it back to user {os.getuid() or NOBODY}" in said
    assert file.read_bytes() == before


def mount(*options: object) -> None:
    if subprocess.run(["mount", *map(str, options)], capture_output=True).returncode:
        pytest.skip("Mounting is not allowed here")


@as_root
@on_linux
def test_one_on_a_read_only_disk_says_so(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    make_database(source / "store.db")
    place = tmp_path / "mounted"
    place.mkdir()
    mount("--bind", source, place)
    try:
        mount("-o", "remount,ro,bind", place)
        trouble = trouble_of(place / "store.db")
        new = trouble_of(place / "new.db")
    finally:
        subprocess.run(["umount", place], check=True)
    assert (trouble.kind, new.kind) == ("read-only", "read-only")
    assert "its file system is read-only" in trouble.reason
    assert "Mount it so that it can be written" in trouble.remedy


@as_root
@on_linux
def test_a_full_disk_is_said_before_a_database_fails_in_the_middle_of_its_work(tmp_path):
    place = tmp_path / "mounted"
    place.mkdir()
    mount("-t", "tmpfs", "-o", "size=30m", "none", place)
    try:
        file = make_database(place / "store.db")
        assert trouble_of(file) is None
        (place / "something-else").write_bytes(b"x" * 20_000_000)
        trouble, folder = trouble_of(file), trouble_of_folder(place / "stack")
    finally:
        subprocess.run(["umount", place], check=True)
    assert (trouble.kind, folder.kind) == ("full", "full")
    assert trouble.reason.startswith(f"{file} is on a full disk (")
    assert "Free some space" in trouble.remedy


def test_a_folder_in_whose_place_a_file_lies_is_said(tmp_path):
    (tmp_path / "dagster").write_text("a file")
    trouble = trouble_of(tmp_path / "dagster" / "history" / "runs.db")
    assert f"{tmp_path / 'dagster'} is no folder" in trouble.reason


def test_the_first_trouble_of_several_is_told(tmp_path):
    files = [make_database(tmp_path / "well.db"), tmp_path / "garbage.db", tmp_path / "new.db"]
    write_garbage(files[1])
    assert first_trouble(files).file == files[1]
    assert first_trouble([files[0], files[2]]) is None


@pytest.mark.parametrize(
    ("service", "variables", "files"),
    [
        ("mlflow", {"MLFLOW_BACKEND_STORE_URI": "sqlite:////var/lib/mlflow/mlflow.db"}, ["/var/lib/mlflow/mlflow.db"]),
        ("mlflow", {"MLFLOW_BACKEND_STORE_URI": "postgresql://db/mlflow"}, []),
        ("prefect", {"PREFECT_HOME": "/p"}, ["/p/prefect.db"]),
        ("prefect", {"PREFECT_HOME": "/p", "PREFECT_API_DATABASE_CONNECTION_URL": "postgresql://db/prefect"}, []),
        ("dagster", {"DAGSTER_HOME": "/d"}, [f"/d/{name}" for name in DAGSTER_FILES]),
        ("daemon", {"DAGSTER_HOME": "/d"}, [f"/d/{name}" for name in DAGSTER_FILES]),
        ("panel", {"DAGSTER_HOME": "/d", "PREFECT_HOME": "/p"}, []),
        ("mlflow", {}, []),
    ],
)
def test_the_files_of_a_service_are_those_that_its_environment_names(service, variables, files):
    (trouble,) = [each.stores(variables) for each in SERVICES if each.id == service]
    assert trouble == [Path(file) for file in files]
