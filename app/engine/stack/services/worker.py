"""Prefect's worker."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from app.engine.orchestrators.prefect.heartbeat import STALE_HEARTBEAT_SECONDS
from app.engine.stack.probes import Call, NotYet, Unwell, age, checked
from app.engine.stack.service import Program, Service


def probe_worker(call: Call) -> str:
    """Find a worker that has polled lately."""
    pool = call.settings.work_pool
    workers = f"{call.settings.prefect_api_url}/work_pools/{quote(pool, safe='')}/workers/filter"
    response = call.http.post(workers, json={})
    if response.status_code == HTTPStatus.NOT_FOUND:
        raise Unwell("Prefect has no work pool {pool}", pool=pool)
    heartbeats = [worker["last_heartbeat_time"] for worker in checked(response) if worker["last_heartbeat_time"]]
    ages = [age(datetime.fromisoformat(heartbeat)) for heartbeat in heartbeats]
    if not ages:
        raise NotYet("no worker has polled the pool {pool} yet", pool=pool)
    if min(ages) > min(STALE_HEARTBEAT_SECONDS, call.uptime):
        raise NotYet("no worker has polled the pool {pool} for {age:.0f} s", pool=pool, age=min(ages))
    return f"Polls the pool {pool}."


def folders(variables: Mapping[str, str]) -> list[Path]:
    """Name the folder where the flows' results are kept."""
    results = variables.get("PREFECT_LOCAL_STORAGE_PATH", "")
    return [Path(results)] if results else []


SERVICE = Service(
    order=30,
    id="worker",
    title="Prefect worker",
    purpose="Polls Prefect's work pool and runs the flows.",
    probe=probe_worker,
    starts=(
        Program(
            "worker",
            container="prefect-worker",
            image="prefect",
            memory="2g",
            arguments=("-m", "app.engine.stack.programs.prefect_worker"),
            store="/var/lib/prefect",
            waits_for=("deployments", "mlflow"),
            start_seconds=5,
            start_retries=10,
        ),
    ),
    carries=("prefect",),
    asked_through="prefect",
    starts_after="prefect",
    state_folder="prefect",
    folders=folders,
    variables={"PREFECT_WORKER_QUERY_SECONDS": "1", "PREFECT_WORKER_HEARTBEAT_SECONDS": "3"},
    before_down="app.engine.stack.local.flow_runs:stop_flow_runs",
)
