"""End the flow runs of this worker whose process is gone, and what belongs to flow runs that have ended.

Prefect labels a flow run with the name of the worker that starts it, and a flow run's process carries the run's id in
its environment. So it is known which processes this worker's runs must have. A run of another worker, of a terminal or
of `serve`, whose process may live on another machine, is never judged by what runs here.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from app.engine.addresses import in_path
from app.engine.orchestrators.transport import Transport
from app.engine.stack.local.environment import STACK_ID_VARIABLE
from app.engine.stack.repair.flow_run_processes import flow_run_processes, kill, running_ids
from app.engine.stack.repair.mlflow import Ending
from app.engine.stack.repair.rounds import SeenBefore

WORKER_LABEL = "prefect.worker.name"
"""Prefect's own: on a flow run, before its process is started."""
UNDER_WAY = ("PENDING", "RUNNING", "CANCELLING")
UNFINISHED = ("SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING")
FINAL = ("COMPLETED", "FAILED", "CANCELLED", "CRASHED")
STOPPED = ("CANCELLED", "CRASHED")
UNFINISHED_TASK = {
    "operator": "or_",
    "type": {"any_": [state for state in UNFINISHED if state != "PENDING"]},
    "name": {"any_": ["Pending"]},
}
"""Not the tasks whose upstream failed: their type is PENDING for ever, and NotReady is Prefect's last word on them."""
SETTLE_SECONDS = 12.0
"""What a run says at its end arrives this late at the most: the worker's word on its process, states of tasks."""
BUSY_FACTOR = 5
"""By how much longer a run that ended by itself may take: the server records the states of tasks when it finds time."""
LONGEST_START = timedelta(minutes=2)
"""From the moment at which the worker takes a flow run until its process is there. It says itself what goes wrong."""
LATEST_WORK = timedelta(hours=1)
"""A flow run elsewhere may end, and a task that it did not wait for goes on in its process."""
PAGE = 200

Json = dict[str, Any]

WORKER_WAS_STOPPED = "The worker was stopped while this ran, and its process with it. Run it again."
PROCESS_IS_GONE = "Its process ended, and neither it nor the worker could say so. Run it again."
CALLER_ENDED = "The flow run that called this one ended before it did. Run that one again."
FLOW_RUN_ENDED = "The flow run ended before this task run did, and its process with it. Run the flow again."
WAS_CANCELLED = "It was cancelled, and its process has ended."
FLOW_RUN_WAS_CANCELLED = "The flow run was cancelled."


class FlowRuns:
    """The flow runs that one worker has started, and what belongs to them.

    Args:
        prefect: the server.
        pool: the work pool that the worker polls.
        worker: the worker's name, which no other worker has.
        settle_seconds: how long a run that has ended, or looks lost, may take to say what there is to say.
    """

    def __init__(self, prefect: Transport, pool: str, worker: str, settle_seconds: float = SETTLE_SECONDS) -> None:
        self._prefect, self._pool, self._worker = prefect, pool, worker
        self._settle = timedelta(seconds=settle_seconds)
        self._looked_lost = SeenBefore(settle_seconds)
        self._began = datetime.now(UTC)

    def end_orphans(self) -> Iterator[str]:
        """End the processes of an earlier worker's flow runs, and these runs: to be called before this one works."""
        for pid in kill(flow_run_processes(os.environ.get(STACK_ID_VARIABLE, ""))):
            yield f"process {pid} of a flow run was left behind by an earlier worker and was ended."
        yield from self._end_lost(at_once=True)

    def end_lost(self) -> Iterator[str]:
        """End the flow runs of this worker that have no process."""
        yield from self._end_lost(at_once=False)

    def _end_lost(self, *, at_once: bool) -> Iterator[str]:
        under_way = self._flow_runs(_of_type(UNDER_WAY), work_pools={"name": {"any_": [self._pool]}})
        candidates = [run for run in under_way if self._must_have_process(run)]
        alive = running_ids() if candidates else set()
        lost = {run["id"]: run for run in candidates if run["id"] not in alive}
        earlier = {run_id for run_id, run in lost.items() if _state_time(run) < self._began}
        ripe = self._looked_lost.of(lost.keys()) | (earlier if at_once else set())
        for run_id in ripe:
            why = WORKER_WAS_STOPPED if run_id in earlier else PROCESS_IS_GONE
            yield from self._end_with_called(lost[run_id], why)

    def _end_with_called(self, run: Json, why: str) -> Iterator[str]:
        """End a run and, first, those that it called and that lived in its process."""
        for called in self._flow_runs({"parent_flow_run_id": {"any_": [run["id"]]}, **_of_type(UNFINISHED)}):
            if not called["deployment_id"]:
                yield from self._end_with_called(called, CALLER_ENDED)
        now = self._prefect.get(f"/api/flow_runs/{in_path(run['id'])}")
        if now["state_type"] in UNFINISHED:
            yield self._set_state("flow", now, _ending(now["state_type"] == "CANCELLING", why, WAS_CANCELLED))

    def end_subflows(self) -> Iterator[str]:
        """End each flow run that lived in the process of one that has ended."""
        query = {"parent_task_run_id": {"is_null_": False}, "deployment_id": {"is_null_": True}}
        called = self._flow_runs({**query, **_of_type(UNFINISHED)})
        tasks = self._by_id("task_runs", (run["parent_task_run_id"] for run in called))
        parent_ids = {task["id"]: task["flow_run_id"] for task in tasks.values()}
        endings = self._ended(filter(None, parent_ids.values()))
        for run in called:
            if parent := endings.get(str(parent_ids.get(run["parent_task_run_id"]))):
                yield self._set_state("flow", run, _ending(_is_cancelled(parent), CALLER_ENDED, FLOW_RUN_WAS_CANCELLED))

    def end_task_runs(self) -> Iterator[str]:
        """End each task run whose flow run has ended."""
        before = (datetime.now(UTC) - self._settle).isoformat()
        query = {
            "task_runs": {"state": UNFINISHED_TASK},
            "flow_runs": {**_of_type(FINAL), "end_time": {"before_": before}},
        }
        newest_first = {"sort": "EXPECTED_START_TIME_DESC", "limit": PAGE}
        tasks = self._prefect.post("/api/task_runs/filter", {**query, **newest_first})
        endings = self._ended(task["flow_run_id"] for task in tasks)
        for task in tasks:
            if parent := endings.get(task["flow_run_id"]):
                ending = _ending(_is_cancelled(parent), FLOW_RUN_ENDED, FLOW_RUN_WAS_CANCELLED)
                yield self._set_state("task", task, ending)

    def endings(self, run_ids: Iterable[str]) -> dict[str, Ending]:
        """Tell how each of these flow runs has ended.

        A run that may still be under way, or that does not exist, is left out.
        """
        return {
            run_id: Ending(f"flow run {run['name']}", run["state_name"], _is_cancelled(run), _end_time(run))
            for run_id, run in self._ended(run_ids).items()
        }

    def _ended(self, run_ids: Iterable[str]) -> dict[str, Json]:
        """Read which of these flow runs have ended for a while, and have no process that may still work."""
        runs = self._by_id("flow_runs", run_ids)
        alive = running_ids() if runs else set()
        return {run_id: run for run_id, run in runs.items() if run_id not in alive and self._has_ended(run)}

    def _has_ended(self, run: Json) -> bool:
        if run["state_type"] not in FINAL:
            return False
        age = datetime.now(UTC) - _end_time(run)
        if run["state_type"] in STOPPED:
            return age >= self._settle
        return age >= (BUSY_FACTOR * self._settle if self._is_own(run) else LATEST_WORK)

    def _must_have_process(self, run: Json) -> bool:
        """Whether a run under way is this worker's, and is not just being started."""
        if run["state_type"] == "PENDING" and _state_time(run) > self._began:
            return self._is_own(run) and datetime.now(UTC) - _state_time(run) > LONGEST_START
        return self._is_own(run) or self._is_nobodys(run)

    def _is_own(self, run: Json) -> bool:
        return bool((run.get("labels") or {}).get(WORKER_LABEL) == self._worker)

    def _is_nobodys(self, run: Json) -> bool:
        """Whether a worker had taken a run and was stopped before it could say which it is."""
        is_unnamed = run["state_type"] == "PENDING" and WORKER_LABEL not in (run.get("labels") or {})
        return is_unnamed and _state_time(run) < self._began and not self._others_poll()

    def _others_poll(self) -> bool:
        workers = self._prefect.post(f"/api/work_pools/{in_path(self._pool)}/workers/filter", {})
        return any(worker["status"] == "ONLINE" for worker in workers if worker["name"] != self._worker)

    def _set_state(self, kind: str, run: Json, state: Json) -> str:
        self._prefect.post(f"/api/{in_path(kind)}_runs/{in_path(run['id'])}/set_state", {"state": state, "force": True})
        return f"{kind} run {run['name']} is {state['name']}. {state['message']}"

    def _by_id(self, kind: str, ids: Iterable[str]) -> dict[str, Json]:
        wanted, runs = sorted(set(ids)), dict[str, Json]()
        for start in range(0, len(wanted), PAGE):
            query = {kind: {"id": {"any_": wanted[start : start + PAGE]}}, "limit": PAGE}
            runs |= {run["id"]: run for run in self._prefect.post(f"/api/{in_path(kind)}/filter", query)}
        return runs

    def _flow_runs(self, wanted: Json, **more: Any) -> list[Json]:
        runs: list[Json] = self._prefect.post("/api/flow_runs/filter", {"flow_runs": wanted, "limit": PAGE, **more})
        return runs


def _of_type(types: Iterable[str]) -> Json:
    return {"state": {"type": {"any_": list(types)}}}


def _ending(is_cancelled: bool, crashed: str, cancelled: str) -> Json:
    if is_cancelled:
        return {"type": "CANCELLED", "name": "Cancelled", "message": cancelled}
    return {"type": "CRASHED", "name": "Crashed", "message": crashed}


def _is_cancelled(run: Json) -> bool:
    return bool(run["state_type"] == "CANCELLED")


def _state_time(run: Json) -> datetime:
    return datetime.fromisoformat(run["state"]["timestamp"])


def _end_time(run: Json) -> datetime:
    return datetime.fromisoformat(run["end_time"] or run["state"]["timestamp"])
