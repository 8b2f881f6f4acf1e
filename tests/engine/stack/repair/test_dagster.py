"""Which Dagster runs are ended: those of this code server whose process is gone, and no other."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from dagster import DagsterInstance, DagsterRun, DagsterRunStatus
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.origin import JobPythonOrigin, RepositoryPythonOrigin
from dagster._core.remote_origin import GrpcServerCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.storage.tags import GRPC_INFO_TAG

from app.engine.stack.repair import dagster as repair
from app.engine.stack.repair.dagster import NEVER_STARTED, PROCESS_IS_GONE, DagsterRuns, Server, server_of
from tests.engine.dagster_job import defs, job
from tests.polling import wait_until

SERVER = Server(socket="/tmp/ours.sock")
ELSEWHERE = Server(port=4000)
JOB_CODE = JobPythonOrigin(job.name, RepositoryPythonOrigin(sys.executable, ModuleCodePointer("tests.engine", "defs")))
NO_PID = 2**22 + 1
"""Higher than any process id."""


@pytest.fixture
def instance(tmp_path, monkeypatch) -> Iterator[DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with DagsterInstance.local_temp(str(tmp_path)) as created:
        yield created


@pytest.fixture
def process(instance: DagsterInstance) -> Iterator[Callable[[str], int]]:
    """Start processes that look like those of a run, until the test ends; an argument makes them look otherwise."""
    assert instance.root_directory == os.environ["DAGSTER_HOME"]
    started: list[subprocess.Popen[bytes]] = []

    def start(mark: str = "--multiprocessing-fork") -> int:
        command = [sys.executable, "-c", "import time; time.sleep(600)", mark]
        started.append(subprocess.Popen(command, env=dict(os.environ)))
        wait_until(lambda: started[-1].pid in repair.run_processes() or mark == "something", 10, "it has begun")
        return started[-1].pid

    yield start
    for each in started:
        each.kill()
        each.wait()


def new_run(
    instance: DagsterInstance, status: DagsterRunStatus, pid: int | None = None, server: Server = SERVER
) -> DagsterRun:
    """A run as the launcher leaves it; with a process id, as its process has reported it."""
    where = {"host": "localhost", **({"socket": server.socket} if server.socket else {"port": server.port})}
    run = instance.create_run_for_job(
        defs.resolve_job_def(job.name), status=status, tags={GRPC_INFO_TAG: json.dumps(where)}
    )
    if pid:
        instance.report_engine_event(f"Started process for run (pid: {pid}).", run)
    return run


def status_of(instance: DagsterInstance, run: DagsterRun) -> str:
    run_now = instance.get_run_by_id(run.run_id)
    assert run_now
    return run_now.status.value


def repaired(instance: DagsterInstance, **changes: float) -> list[str]:
    return list(DagsterRuns(instance, SERVER, **{"settle_seconds": 0, **changes}).end_lost())


@pytest.mark.parametrize(("before", "after"), [("STARTED", "FAILURE"), ("CANCELING", "CANCELED")])
def test_a_run_whose_process_is_gone_is_ended_with_a_sentence(instance, before, after):
    run = new_run(instance, DagsterRunStatus(before), pid=NO_PID)
    (line,) = repaired(instance)
    assert line.startswith(f"Dagster run {run.run_id} is {after}.")
    assert status_of(instance, run) == after
    if after == "FAILURE":
        assert any(entry.message == PROCESS_IS_GONE for entry in instance.all_logs(run.run_id))


@pytest.mark.parametrize("status", ["STARTED", "CANCELING", "STARTING"])
def test_a_run_with_a_process_is_left_alone_though_no_code_server_knows_it(instance, process, status):
    run = new_run(instance, DagsterRunStatus(status), pid=process())
    assert repaired(instance) == []
    assert status_of(instance, run) == status


def test_a_number_that_another_process_has_now_is_no_sign_of_life(instance, process):
    lost = new_run(instance, DagsterRunStatus.STARTED, pid=process("something"))
    assert len(repaired(instance)) == 1
    assert status_of(instance, lost) == "FAILURE"


def test_of_two_runs_with_one_number_the_newer_lives(instance, process):
    pid = process()
    older = new_run(instance, DagsterRunStatus.STARTED, pid=pid)
    newer = new_run(instance, DagsterRunStatus.STARTED, pid=pid)
    assert len(repaired(instance)) == 1
    assert (status_of(instance, older), status_of(instance, newer)) == ("FAILURE", "STARTED")


@pytest.mark.parametrize("status", ["STARTED", "STARTING", "CANCELING"])
def test_a_run_of_another_code_server_is_left_alone(instance, status):
    run = new_run(instance, DagsterRunStatus(status), pid=NO_PID, server=ELSEWHERE)
    assert repaired(instance) == []
    assert status_of(instance, run) == status


def test_a_run_that_no_launcher_started_is_left_alone(instance):
    for status in (DagsterRunStatus.STARTED, DagsterRunStatus.NOT_STARTED):
        run = instance.create_run_for_job(defs.resolve_job_def(job.name), status=status)
        assert repaired(instance) == []
        assert status_of(instance, run) == status.value


def test_a_run_that_has_just_been_launched_may_take_its_time(instance, monkeypatch):
    runs = DagsterRuns(instance, SERVER, settle_seconds=0)
    run = new_run(instance, DagsterRunStatus.STARTING)
    assert list(runs.end_lost()) == []
    monkeypatch.setattr(repair, "START_SECONDS", 0.0)
    (line,) = runs.end_lost()
    assert NEVER_STARTED in line
    assert status_of(instance, run) == "FAILURE"


def test_a_run_launched_at_a_code_server_before_this_one_never_starts(instance, monkeypatch):
    run = new_run(instance, DagsterRunStatus.STARTING)
    assert repaired(instance) == []
    monkeypatch.setattr(repair, "LAUNCH_SECONDS", -1.0)
    (line,) = repaired(instance)
    assert NEVER_STARTED in line
    assert status_of(instance, run) == "FAILURE"


def test_while_a_code_server_starts_a_process_no_run_is_called_lost(instance, monkeypatch):
    run = new_run(instance, DagsterRunStatus.STARTING)
    monkeypatch.setattr(repair, "START_SECONDS", 0.0)
    spawn = "import subprocess as s, sys, time; s.Popen([sys.executable, *sys.argv[3:]]); time.sleep(600)"
    child = ["-c", "import time; time.sleep(600)", "--multiprocessing-fork"]
    command = [sys.executable, "-c", spawn, "dagster", "grpc", *child]
    with subprocess.Popen(command, env=dict(os.environ), start_new_session=True) as server:
        try:
            wait_until(lambda: True in repair.run_processes().values(), 10, "it has a child")
            assert repaired(instance) == []
        finally:
            os.killpg(server.pid, signal.SIGKILL)
    wait_until(lambda: repair.run_processes() == {}, 10, "both have ended")
    assert len(repaired(instance)) == 1
    assert status_of(instance, run) == "FAILURE"


@pytest.mark.parametrize(("server", "after"), [(SERVER, "FAILURE"), (ELSEWHERE, "NOT_STARTED")])
def test_a_run_that_was_never_launched_is_ended_by_the_server_that_would_have(instance, monkeypatch, server, after):
    monkeypatch.setattr(repair, "START_SECONDS", 0.0)
    location = GrpcServerCodeLocationOrigin("localhost", server.port or None, server.socket or None)
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(location, "repository"), job.name)
    run = instance.create_run_for_job(
        defs.resolve_job_def(job.name),
        status=DagsterRunStatus.NOT_STARTED,
        remote_job_origin=origin,
        job_code_origin=JOB_CODE,
    )
    assert len(repaired(instance)) == (after == "FAILURE")
    assert status_of(instance, run) == after


def test_what_ends_by_itself_is_given_time_to_say_so(instance):
    run = new_run(instance, DagsterRunStatus.STARTED, pid=NO_PID)
    runs = DagsterRuns(instance, SERVER, settle_seconds=0.2)
    assert list(runs.end_lost()) == []
    time.sleep(0.25)
    assert len(list(runs.end_lost())) == 1
    assert status_of(instance, run) == "FAILURE"


def test_which_runs_have_ended_is_told_once_they_have_settled(instance):
    ended, alive = (new_run(instance, DagsterRunStatus.STARTED, pid=NO_PID) for _ in range(2))
    instance.report_run_canceled(ended)
    wanted = {ended.run_id, alive.run_id, "nobody-knows-it"}
    (ending,) = DagsterRuns(instance, SERVER, settle_seconds=0).endings(wanted).values()
    assert (ending.what, ending.state, ending.is_cancelled) == (f"Dagster run {ended.run_id[:8]}", "CANCELED", True)
    assert DagsterRuns(instance, SERVER, settle_seconds=60).endings(wanted) == {}


def test_where_the_code_server_listens_is_read_from_its_options():
    assert server_of({"--socket": "/tmp/ours.sock"}) == SERVER
    assert server_of({"--host": "0.0.0.0", "--port": "4000"}) == ELSEWHERE
