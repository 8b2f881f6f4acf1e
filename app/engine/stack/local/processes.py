"""Find the stack's processes by variables in their environment."""

import signal
from collections.abc import Mapping
from contextlib import suppress

import psutil

from app.engine.stack.local.environment import STACK_ID_VARIABLE, stack_id
from app.settings import Settings

PATIENCE_SECONDS = 8.0


def stack_processes(settings: Settings) -> list[psutil.Process]:
    """List everything that runs in the stack's name: services, their children, flow runs."""
    return processes_with({STACK_ID_VARIABLE: stack_id(settings)})


def processes_with(variables: Mapping[str, str]) -> list[psutil.Process]:
    """List the processes that were started with these variables.

    This process and its parents are never among them.
    """
    own = {psutil.Process().pid, *(parent.pid for parent in psutil.Process().parents())}
    return [each for each in psutil.process_iter() if each.pid not in own and _has(each, variables)]


def end_processes(processes: list[psutil.Process]) -> None:
    """Terminate processes, and kill those that do not listen."""
    for process in processes:
        _signal(process, signal.SIGTERM)
    _, deaf = psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)
    for process in deaf:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(deaf, timeout=PATIENCE_SECONDS)


def _has(process: psutil.Process, variables: Mapping[str, str]) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and variables.items() <= process.environ().items()
    except (psutil.Error, OSError):
        return False


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)
