"""Start the Prefect worker in this process, and end what has no process any more: at once, and again and again.

A process worker's flow runs are processes of its own. When it is killed, or the machine is switched off, Prefect goes
on calling them Running: nobody is left to say otherwise, and a cancellation would never arrive.
"""

import fcntl
import os
import platform
import secrets
from collections.abc import Callable
from pathlib import Path

from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from app.engine.addresses import in_path
from app.engine.errors import ServiceDown, WorkshopError
from app.engine.orchestrators.transport import Transport
from app.engine.stack.programs.run_as import run_as
from app.engine.stack.repair.mlflow import end_open_runs
from app.engine.stack.repair.prefect import SETTLE_SECONDS, FlowRuns
from app.engine.stack.repair.rounds import Repair, Rounds, start_rounds
from app.settings import Settings, get_settings
from workshop.naming import PREFECT_RUN_TAG

PREFECT_SECONDS = 60


def own_name(folder: Path) -> str:
    """Name this worker as no other that lives is named, and the same after a restart.

    Of two workers with one name, each would end the other's runs. So the name that is kept is locked as long as this
    process lives, and a second worker gets a name of its own, which is not kept.

    Args:
        folder: Prefect's own, where the name is kept until what the services stored is deleted.
    """
    return _new_name() if _lock(folder) is None else worker_name(folder)


def worker_name(folder: Path) -> str:
    """Read the name of the worker of this folder and this machine.

    The first time, and after its file was lost, the worker gets a new name.

    The file carries the host's name: where the folder was copied to another machine, another worker works.
    """
    file = folder / f"worker_name.{in_path(platform.node())}"
    name = file.read_text(encoding="utf-8").strip() if file.exists() else ""
    return name or _keep(file, _new_name())


def _new_name() -> str:
    return f"workshop-{secrets.token_hex(3)}"


def _keep(file: Path, name: str) -> str:
    """Write the name whole or not at all: an empty file is what the loss of power leaves of a half-written one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    written = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    written.write_text(name, encoding="utf-8")
    written.replace(file)
    return name


def _lock(folder: Path) -> int | None:
    """Lock the folder's name.

    The result is None when another process has the lock, or when the file system has no locks.

    The lock is held until the descriptor is closed, at the latest when this process ends. Flow runs do not inherit it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "worker_name.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


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
    """End at once what the local stack's worker, which has stopped, has left unfinished.

    Another worker that works under its name looks after the same runs, and they are left to it.
    """
    folder = settings.data_dir / "prefect"
    lock = _lock(folder)
    if lock is not None:
        flow_runs = flow_runs_of(settings, worker_name(folder), settle_seconds=0)
        Rounds(repairs(settings, flow_runs), say).go()
        os.close(lock)


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
    name = own_name(Path(os.environ.get("PREFECT_HOME") or settings.data_dir / "prefect"))
    repair(settings, name)
    options = ["--name", name, "--pool", settings.work_pool, "--type", "process"]
    run_as("prefect", ["worker", "start", *options], settings.workspace)


if __name__ == "__main__":
    main()
