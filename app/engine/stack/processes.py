"""The stack's processes, told from all others by a variable in their environment."""

import signal
from contextlib import suppress

import psutil

from app.engine.stack.environment import STACK_ID_VARIABLE, stack_id
from app.settings import Settings

PATIENCE_SECONDS = 8.0


def stack_processes(settings: Settings) -> list[psutil.Process]:
    """List everything that runs in the stack's name: services, their children, flow runs; never this process."""
    wanted = stack_id(settings)
    own = {psutil.Process().pid, *(parent.pid for parent in psutil.Process().parents())}
    return [process for process in psutil.process_iter() if process.pid not in own and _stack_of(process) == wanted]


def end_processes(settings: Settings) -> int:
    """Terminate what is left of the stack, kill what does not listen, and return how many processes it was."""
    left = stack_processes(settings)
    for process in left:
        _signal(process, signal.SIGTERM)
    _, deaf = psutil.wait_procs(left, timeout=PATIENCE_SECONDS)
    for process in deaf:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(deaf, timeout=PATIENCE_SECONDS)
    return len(left)


def _stack_of(process: psutil.Process) -> str:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return str(process.environ().get(STACK_ID_VARIABLE, ""))
    except (psutil.Error, OSError):
        return ""


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)
