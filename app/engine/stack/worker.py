"""Start the Prefect worker in this process, and end what has no process any more: at once, and again and again.

A process worker's flow runs are processes of its own. When it is killed, or the machine is switched off, Prefect goes
on calling them Running: nobody is left to say otherwise, and a cancellation would never arrive.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from app.engine.errors import ServiceDown, WorkshopError
from app.engine.stack.programs import run_as
from app.engine.stack.repair.mlflow import end_open_runs
from app.engine.stack.repair.prefect import SETTLE_SECONDS, FlowRuns
from app.engine.stack.repair.rounds import Repair, Rounds, start_rounds
from app.engine.transport import Transport
from app.settings import Settings, get_settings
from workshop.naming import PREFECT_RUN_TAG

PREFECT_SECONDS = 60


def worker_name(folder: Path) -> str:
    """Name this machine's worker as no other worker is named, and the same after a restart.

    Args:
        folder: Prefect's own, where the name is kept until what the services stored is deleted.
    """
    file = folder / "worker_name"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(f"workshop-{secrets.token_hex(3)}")
    return file.read_text().strip()


@retry(
    retry=retry_if_exception_type(ServiceDown), stop=stop_after_delay(PREFECT_SECONDS), wait=wait_fixed(1), reraise=True
)
def end_orphans(flow_runs: FlowRuns) -> list[str]:
    """End what an earlier worker left behind, and say it.

    Prefect is waited for: after a restart of the machine, Docker starts it and the worker at the same moment.

    Raises:
        WorkshopError: Prefect does not answer for a minute, or refuses.
    """
    return list(flow_runs.end_orphans())


def flow_runs_of(settings: Settings, worker: str, settle_seconds: float = SETTLE_SECONDS) -> FlowRuns:
    """Know the flow runs of a worker."""
    prefect = Transport("Prefect", settings.internal_url("prefect"))
    return FlowRuns(prefect, settings.work_pool, worker, settle_seconds)


def repairs(settings: Settings, flow_runs: FlowRuns) -> dict[str, Repair]:
    """Name what is to be ended again and again."""
    mlflow = Transport("MLflow", settings.internal_url("mlflow"))
    return {
        "Flow runs": flow_runs.end_lost,
        "Subflows": flow_runs.end_subflows,
        "Task runs": flow_runs.end_task_runs,
        "MLflow runs": lambda: end_open_runs(mlflow, PREFECT_RUN_TAG, flow_runs.endings),
    }


def end_what_is_left(settings: Settings, say: Callable[[str], None]) -> None:
    """End at once what the local stack's worker, which has stopped, has left unfinished."""
    worker = worker_name(settings.data_dir / "prefect")
    Rounds(repairs(settings, flow_runs_of(settings, worker, settle_seconds=0)), say).go()


def repair(settings: Settings, worker: str) -> None:
    """End what has no process any more, now and in a thread from now on."""
    flow_runs = flow_runs_of(settings, worker)
    try:
        for line in end_orphans(flow_runs):
            print(f"Repair: {line}", flush=True)
    except WorkshopError as error:  # the worker itself waits for Prefect, and the thread looks again
        print(f"Repair: lost flow runs were not looked for. {error}", flush=True)
    start_rounds(repairs(settings, flow_runs))


def main() -> None:
    """Repair, then work."""
    settings = get_settings()
    name = worker_name(Path(os.environ.get("PREFECT_HOME") or settings.data_dir / "prefect"))
    repair(settings, name)
    options = ["--name", name, "--pool", settings.work_pool, "--type", "process"]
    run_as("prefect", ["worker", "start", *options], settings.workspace)


if __name__ == "__main__":
    main()
