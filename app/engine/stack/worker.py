"""Start the Prefect worker, after it has closed the flow runs that an earlier one left behind.

A process worker's flow runs are processes of its own. When it is killed, or the machine is switched off, they end with
it, and Prefect goes on calling them Running: nobody is left to say otherwise, and a cancellation would never arrive.
"""

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import psutil
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from app.engine.addresses import in_path
from app.engine.errors import ServiceDown, WorkshopError
from app.engine.stack.probes import STALE_HEARTBEAT_SECONDS
from app.engine.transport import Transport
from app.settings import Settings, get_settings

NAME = "workshop"
UNDER_WAY = ("RUNNING", "PENDING", "CANCELLING")
CRASHED = {"type": "CRASHED", "name": "Crashed", "message": "Its worker has ended, and its process with it: run again."}
CANCELLED = {"type": "CANCELLED", "name": "Cancelled", "message": "Its process has ended."}
PAGE = 200
PREFECT_SECONDS = 60


@retry(
    retry=retry_if_exception_type(ServiceDown), stop=stop_after_delay(PREFECT_SECONDS), wait=wait_fixed(1), reraise=True
)
def close_lost_runs(settings: Settings) -> list[str]:
    """Tell Prefect of each flow run of the pool whose process is gone that it has ended, and name these runs.

    Prefect is waited for: after a restart of the machine, Docker starts it and the worker at the same moment. Nothing
    is done while a worker of another name polls the pool: the runs may be its own.

    Raises:
        WorkshopError: Prefect does not answer for a minute, or has no such pool.
    """
    prefect, pool = Transport("Prefect", settings.internal_url("prefect")), settings.work_pool
    if any(_polls(worker) for worker in prefect.post(f"/api/work_pools/{in_path(pool)}/workers/filter", {})):
        return []
    found = _under_way(prefect, {"work_pools": {"name": {"any_": [pool]}}})
    lost = [run for run in found if not _has_process(run)]
    called = _called_by(prefect, [run["id"] for run in lost])
    for run in [*called, *lost]:
        state = CANCELLED if run["state_type"] == "CANCELLING" else CRASHED
        prefect.post(f"/api/flow_runs/{in_path(run['id'])}/set_state", {"state": state, "force": True})
    return [run["name"] for run in lost]


def _called_by(prefect: Transport, run_ids: list[str]) -> list[dict[str, Any]]:
    """List the flow runs under way that these called, and those that they called."""
    if not run_ids:
        return []
    found = _under_way(prefect, {}, parent_flow_run_id={"any_": run_ids})
    return [*_called_by(prefect, [run["id"] for run in found]), *found]


def _under_way(prefect: Transport, query: Mapping[str, Any], **flow_runs: Any) -> list[dict[str, Any]]:
    wanted = {"flow_runs": {"state": {"type": {"any_": list(UNDER_WAY)}}, **flow_runs}, "limit": PAGE}
    found: list[dict[str, Any]] = prefect.post("/api/flow_runs/filter", {**query, **wanted})
    return found


def _polls(worker: Mapping[str, Any]) -> bool:
    """Whether this is another worker, and alive."""
    heartbeat = worker["last_heartbeat_time"]
    if worker["name"] == NAME or not heartbeat:
        return False
    return (datetime.now(UTC) - datetime.fromisoformat(heartbeat)).total_seconds() < STALE_HEARTBEAT_SECONDS


def _has_process(run: Mapping[str, Any]) -> bool:
    """Whether the process that Prefect knows of a run is there, and is one of Prefect's."""
    pid = str(run.get("infrastructure_pid") or "").rpartition(":")[2]
    try:
        return pid.isdigit() and any("prefect" in part for part in psutil.Process(int(pid)).cmdline())
    except psutil.Error:
        return False


def main() -> None:
    """Close lost runs, then become the worker, in the workspace."""
    settings = get_settings()
    try:
        for name in close_lost_runs(settings):
            print(f"Flow run {name} had lost its process and was closed.", flush=True)
    except WorkshopError as error:  # the worker itself waits for Prefect
        print(f"Lost flow runs were not looked for: {error}", flush=True)
    os.chdir(settings.workspace)
    options = ["--name", NAME, "--pool", settings.work_pool, "--type", "process"]
    os.execv(sys.executable, [sys.executable, "-m", "prefect", "worker", "start", *options])  # noqa: S606


if __name__ == "__main__":
    main()
