"""A process that may not be read is not taken for none: nothing is judged then."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from app.engine.stack.repair.dagster import run_processes
from app.engine.stack.repair.flow_run_processes import RUN_ID_VARIABLE, running_ids
from app.engine.stack.repair.processes import CannotSee
from tests.polling import wait_until

LOOKS = pytest.mark.parametrize("look", [running_ids, run_processes])
ENVIRON = psutil.Process.environ


@pytest.fixture
def run() -> Iterator[int]:
    """The process of a run of either tool."""
    command = [sys.executable, "-c", "import time; time.sleep(600)", "--multiprocessing-fork"]
    with subprocess.Popen(command, env=os.environ | {RUN_ID_VARIABLE: "this-one"}) as process:
        wait_until(lambda: "this-one" in running_ids(), 10, "it has begun")
        yield process.pid
        process.kill()


def refuse(monkeypatch: pytest.MonkeyPatch, pid: int, error: type[Exception]) -> None:
    """Let the environment of one process be closed, as a system does that hides it."""

    def environ(self: psutil.Process) -> dict[str, str]:
        if self.pid == pid:
            raise error(pid)
        return ENVIRON(self)

    monkeypatch.setattr(psutil.Process, "environ", environ)


@LOOKS
@pytest.mark.parametrize("error", [psutil.AccessDenied, OSError])
def test_while_a_run_may_not_be_read_nothing_is_said_of_any(run, monkeypatch, look, error):
    refuse(monkeypatch, run, error)
    with pytest.raises(CannotSee, match=f"Process {run} cannot be read"):
        look()


@LOOKS
def test_a_process_that_has_just_ended_is_no_reason_to_stop(run, monkeypatch, look):
    refuse(monkeypatch, run, psutil.NoSuchProcess)
    assert "this-one" not in running_ids()
    assert run not in look()


@LOOKS
def test_a_process_that_does_not_see_itself_judges_nobody(monkeypatch, look):
    refuse(monkeypatch, os.getpid(), psutil.AccessDenied)
    with pytest.raises(CannotSee, match="its own environment"):
        look()
    monkeypatch.setattr(psutil.Process, "environ", lambda _: {})
    with pytest.raises(CannotSee, match="its own environment"):
        look()


def test_another_accounts_process_may_be_closed(run, monkeypatch):
    refuse(monkeypatch, run, psutil.AccessDenied)
    uids = psutil.Process().uids()
    monkeypatch.setattr(psutil.Process, "uids", lambda _: uids._replace(real=uids.real + 1))
    assert "this-one" not in running_ids()


def test_a_closed_process_that_is_no_python_stops_nothing(monkeypatch):
    with subprocess.Popen(["sleep", "600"]) as process:
        refuse(monkeypatch, process.pid, psutil.AccessDenied)
        assert "this-one" not in running_ids()
        process.kill()
