"""What the worker ends in Prefect and MLflow, and what it must never end: asked of the real services.

The runs are those of a worker that only exists by its name; the stack's own worker looks at them, too, all the while.
"""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from mlflow import MlflowClient

from app.engine.orchestrators.contract import ApiRequest
from app.engine.orchestrators.transport import Transport
from app.engine.stack.repair import prefect as repair
from app.engine.stack.repair.flow_run_processes import RUN_ID_VARIABLE, running_ids
from app.engine.stack.repair.mlflow import end_open_runs
from app.engine.stack.repair.prefect import (
    CALLER_ENDED,
    FLOW_RUN_ENDED,
    PROCESS_IS_GONE,
    WAS_CANCELLED,
    WORKER_LABEL,
    WORKER_WAS_STOPPED,
    FlowRuns,
)
from tests.polling import wait_until
from tests.stack.conftest import NOBODY, unique
from workshop.naming import ENDED_BECAUSE_TAG, PREFECT_RUN_TAG

Json = dict[str, Any]


@dataclass(frozen=True)
class Lab:
    """Flow runs and task runs in any state, of any worker, without a process."""

    api: Transport
    deployment: str
    worker: str

    def send(self, method: str, path: str, body: Json) -> Any:
        return self.api.send(ApiRequest(method, "", "", path, body))

    def flow_run(self, state: str, worker: str | None = "own", **more: Any) -> str:
        """Make a flow run; `worker` None is one that no worker has started."""
        created = self.send("POST", f"/api/deployments/{self.deployment}/create_flow_run", {"parameters": {}, **more})
        if worker:
            label = {WORKER_LABEL: self.worker if worker == "own" else worker}
            self.send("PATCH", f"/api/flow_runs/{created['id']}/labels", label)
        for each in ("RUNNING", state) if state == "CANCELLING" else (state,):
            if each != "SCHEDULED":
                self.set_state("flow_runs", created["id"], each)
        return str(created["id"])

    def set_state(self, kind: str, run_id: str, state: str, name: str = "") -> None:
        body = {"state": {"type": state, "name": name or state.title()}, "force": True}
        self.api.post(f"/api/{kind}/{run_id}/set_state", body)

    def task_run(self, flow_run: str, state: str, name: str = "") -> str:
        body = {"flow_run_id": flow_run, "task_key": "t", "dynamic_key": uuid.uuid4().hex}
        state_body = {"type": state, "name": name or state.title()}
        return str(self.send("POST", "/api/task_runs/", {**body, "name": unique("task"), "state": state_body})["id"])

    def subflow(self, parent_task: str, state: str) -> str:
        flow = self.api.get(f"/api/deployments/{self.deployment}")["flow_id"]
        body = {"flow_id": flow, "parent_task_run_id": parent_task, "state": {"type": state, "name": state.title()}}
        return str(self.send("POST", "/api/flow_runs/", body)["id"])

    def state(self, kind: str, run_id: str) -> tuple[str, str]:
        answer = self.api.get(f"/api/{kind}/{run_id}")
        return answer["state_name"], answer["state"]["message"] or ""

    def flow_runs(self, settle_seconds: float = 0.0) -> FlowRuns:
        """What a worker of this name would look after, were it started now."""
        return FlowRuns(self.api, NOBODY, self.worker, settle_seconds)


@pytest.fixture
def lab(prefect_api, idle_target) -> Lab:
    return Lab(prefect_api, idle_target.id, unique("worker"))


@contextmanager
def process_of(run_id: str) -> Iterator[None]:
    """A process such as a worker starts for a flow run."""
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    with subprocess.Popen(command, env=os.environ | {RUN_ID_VARIABLE: run_id}) as process:
        try:
            wait_until(lambda: run_id in running_ids(), 10, "it has begun")
            yield
        finally:
            process.kill()


def all_repairs(flow_runs: FlowRuns) -> list[str]:
    repairs: list[Callable[[], Iterator[str]]] = [
        flow_runs.end_orphans,
        flow_runs.end_lost,
        flow_runs.end_subflows,
        flow_runs.end_task_runs,
    ]
    return [line for each in repairs for line in each()]


@pytest.mark.parametrize("state", ["RUNNING", "PENDING"])
def test_what_an_earlier_worker_left_says_that_the_worker_was_stopped(lab, state):
    run = lab.flow_run(state)
    (line,) = lab.flow_runs(settle_seconds=60).end_orphans()
    assert WORKER_WAS_STOPPED in line
    assert lab.state("flow_runs", run) == ("Crashed", WORKER_WAS_STOPPED)


def test_a_run_that_was_being_cancelled_is_cancelled(lab):
    run = lab.flow_run("CANCELLING")
    list(lab.flow_runs().end_orphans())
    assert lab.state("flow_runs", run) == ("Cancelled", WAS_CANCELLED)


def test_a_run_that_lost_its_process_under_this_worker_is_ended_at_the_second_look(lab):
    flow_runs = lab.flow_runs(settle_seconds=0.2)
    run = lab.flow_run("RUNNING")
    assert list(flow_runs.end_lost()) == []
    wait_until(lambda: list(flow_runs.end_lost()), 10, "it is ended")
    assert lab.state("flow_runs", run) == ("Crashed", PROCESS_IS_GONE)


def test_a_run_that_was_taken_and_not_yet_named_is_ended_at_the_next_start(lab):
    run = lab.flow_run("PENDING", worker=None)
    list(lab.flow_runs().end_orphans())
    assert lab.state("flow_runs", run) == ("Crashed", WORKER_WAS_STOPPED)


def test_a_live_run_is_never_ended(lab):
    alive = lab.flow_run("RUNNING")
    elsewhere = {lab.flow_run(state, worker="workshop-elsewhere"): state for state in ("RUNNING", "CANCELLING")}
    in_a_terminal = lab.flow_run("RUNNING", worker=None)
    waiting = lab.flow_run("SCHEDULED")
    for run in (alive, *elsewhere, in_a_terminal):
        lab.send("PATCH", f"/api/flow_runs/{run}", {"infrastructure_pid": f"{2**22 + 1}"})
    tasks = [lab.task_run(run, "RUNNING") for run in (alive, *elsewhere, in_a_terminal)]
    called = lab.subflow(tasks[0], "RUNNING")
    with process_of(alive):
        flow_runs = lab.flow_runs()
        just_submitted = lab.flow_run("PENDING")
        for _ in range(3):
            all_repairs(flow_runs)
        assert lab.state("flow_runs", alive)[0] == "Running"
        assert lab.state("flow_runs", just_submitted)[0] == "Pending"
        assert {run: lab.state("flow_runs", run)[0].upper() for run in elsewhere} == elsewhere
        assert lab.state("flow_runs", in_a_terminal)[0] == "Running"
        assert lab.state("flow_runs", waiting)[0] == "Scheduled"
        assert lab.state("flow_runs", called)[0] == "Running"
        assert {lab.state("task_runs", task)[0] for task in tasks} == {"Running"}
    for run in (*elsewhere, in_a_terminal, called):  # nobody else is to end them
        lab.set_state("flow_runs", run, "CANCELLED")


def test_a_start_that_takes_for_ever_is_ended(lab, monkeypatch):
    flow_runs = lab.flow_runs()
    run = lab.flow_run("PENDING")
    assert list(flow_runs.end_lost()) == []
    monkeypatch.setattr(repair, "LONGEST_START", timedelta(0))
    list(flow_runs.end_lost())
    assert lab.state("flow_runs", run) == ("Crashed", PROCESS_IS_GONE)


def test_while_another_worker_polls_a_run_without_a_name_may_be_its_own(lab):
    lab.send("POST", f"/api/work_pools/{NOBODY}/workers/heartbeat", {"name": "workshop-elsewhere"})
    run = lab.flow_run("PENDING", worker=None)
    assert not any(WORKER_WAS_STOPPED in line for line in lab.flow_runs().end_orphans())
    assert lab.state("flow_runs", run)[0] == "Pending"


def test_what_belongs_to_a_run_that_has_crashed_is_ended_once_its_process_is_gone(lab):
    parent = lab.flow_run("RUNNING")
    tasks = [lab.task_run(parent, "RUNNING"), lab.task_run(parent, "SCHEDULED", "AwaitingRetry")]
    done, never_ran = lab.task_run(parent, "COMPLETED"), lab.task_run(parent, "PENDING", "NotReady")
    called = lab.subflow(lab.task_run(parent, "RUNNING"), "RUNNING")
    lab.set_state("flow_runs", parent, "CRASHED")
    with process_of(parent):
        all_repairs(lab.flow_runs())
        assert {lab.state("task_runs", task)[0] for task in tasks} == {"Running", "AwaitingRetry"}
        assert lab.state("flow_runs", called)[0] == "Running"
    all_repairs(lab.flow_runs())
    assert [lab.state("task_runs", task) for task in tasks] == [("Crashed", FLOW_RUN_ENDED)] * 2
    assert (lab.state("task_runs", done)[0], lab.state("task_runs", never_ran)[0]) == ("Completed", "NotReady")
    assert lab.state("flow_runs", called) == ("Crashed", CALLER_ENDED)


def test_tasks_that_never_ran_leave_no_less_room_for_the_others(lab, monkeypatch):
    monkeypatch.setattr(repair, "PAGE", 2)
    parent = lab.flow_run("RUNNING")
    tasks = [lab.task_run(parent, "RUNNING"), lab.task_run(parent, "PENDING")]
    never_ran = [lab.task_run(parent, "PENDING", "NotReady") for _ in range(3)]
    lab.set_state("flow_runs", parent, "CRASHED")
    list(lab.flow_runs().end_task_runs())
    assert [lab.state("task_runs", task)[0] for task in tasks] == ["Crashed", "Crashed"]
    assert {lab.state("task_runs", task)[0] for task in never_ran} == {"NotReady"}


def test_what_belongs_to_a_cancelled_run_is_cancelled(lab):
    parent = lab.flow_run("RUNNING")
    task = lab.task_run(parent, "RUNNING")
    called = lab.subflow(lab.task_run(parent, "RUNNING"), "RUNNING")
    lab.set_state("flow_runs", parent, "CANCELLED")
    all_repairs(lab.flow_runs())
    assert lab.state("task_runs", task)[0] == "Cancelled"
    assert lab.state("flow_runs", called)[0] == "Cancelled"


def test_a_task_that_its_flow_did_not_wait_for_may_still_work(lab, monkeypatch):
    own, elsewhere = lab.flow_run("RUNNING"), lab.flow_run("RUNNING", worker="workshop-elsewhere")
    tasks = [lab.task_run(own, "RUNNING"), lab.task_run(elsewhere, "RUNNING")]
    for run in (own, elsewhere):
        lab.set_state("flow_runs", run, "COMPLETED")
    with process_of(own):
        all_repairs(lab.flow_runs())
        assert [lab.state("task_runs", task)[0] for task in tasks] == ["Running"] * 2
    all_repairs(lab.flow_runs())
    assert [lab.state("task_runs", task)[0] for task in tasks] == ["Crashed", "Running"]
    monkeypatch.setattr(repair, "LATEST_WORK", timedelta(0))
    all_repairs(lab.flow_runs())
    assert lab.state("task_runs", tasks[1]) == ("Crashed", FLOW_RUN_ENDED)


def test_mlflow_runs_are_ended_with_their_maker_and_no_others(lab, stack):
    client = MlflowClient(stack.internal_url("mlflow"))
    experiment = client.create_experiment(unique("repair"))
    flow_runs, mlflow = lab.flow_runs(), Transport("MLflow", stack.internal_url("mlflow"))
    makers = {state: lab.flow_run(state) for state in ("RUNNING", "CRASHED", "CANCELLED", "FAILED")}
    makers |= {"unknown": str(uuid.uuid4()), "terminal": lab.flow_run("RUNNING", worker=None)}
    made = {
        state: client.create_run(experiment, tags={PREFECT_RUN_TAG: maker}).info.run_id
        for state, maker in makers.items()
    }
    made["none"] = client.create_run(experiment).info.run_id
    with process_of(makers["RUNNING"]):
        lines = list(end_open_runs(mlflow, PREFECT_RUN_TAG, flow_runs.endings))
    assert len([line for line in lines if any(run in line for run in made.values())]) == 3
    answer = {state: client.get_run(run_id) for state, run_id in made.items()}
    assert {state: run.info.status for state, run in answer.items()} == {
        "RUNNING": "RUNNING",
        "CRASHED": "FAILED",
        "CANCELLED": "KILLED",
        "FAILED": "FAILED",
        "unknown": "RUNNING",
        "terminal": "RUNNING",
        "none": "RUNNING",
    }
    assert "Run it again." in answer["CRASHED"].data.tags[ENDED_BECAUSE_TAG]
    assert ENDED_BECAUSE_TAG not in answer["RUNNING"].data.tags
    ended = datetime.fromtimestamp(answer["CRASHED"].info.end_time / 1000, UTC)
    told = datetime.fromisoformat(lab.api.get(f"/api/flow_runs/{makers['CRASHED']}")["end_time"])
    assert abs((ended - told).total_seconds()) < 1
    for run_id in made.values():
        client.set_terminated(run_id)
