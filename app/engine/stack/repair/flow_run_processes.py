"""The processes of Prefect's flow runs: each carries its run's id in its environment."""

import signal
from collections.abc import Mapping
from contextlib import suppress

import psutil

from app.engine.stack.local.environment import STACK_ID_VARIABLE
from app.engine.stack.repair.processes import environment_of, read_processes

RUN_ID_VARIABLE = "PREFECT__FLOW_RUN_ID"
"""Prefect's own: in the environment of the process that a worker starts for a flow run."""


def running_ids() -> set[str]:
    """Read which flow runs have a process on this machine, or in this container.

    Raises:
        CannotSee: not every process that may be one can be read.
    """
    return set(read_processes(lambda process: environment_of(process).get(RUN_ID_VARIABLE)).values())


def flow_run_processes(stack: str) -> list[psutil.Process]:
    """List the processes of a stack's flow runs that are none of this process's own.

    An empty name is no stack.
    """
    own = psutil.Process()
    children = {child.pid for child in own.children(recursive=True)} | {own.pid}
    others = [each for each in psutil.process_iter() if each.pid not in children]
    return [each for each in others if stack and _is_of_stack(_environment(each), stack)]


def _is_of_stack(environment: Mapping[str, str], stack: str) -> bool:
    return RUN_ID_VARIABLE in environment and environment.get(STACK_ID_VARIABLE) == stack


def _environment(process: psutil.Process) -> Mapping[str, str]:
    try:
        return environment_of(process)
    except (psutil.Error, OSError):
        return {}


def kill(processes: list[psutil.Process]) -> list[int]:
    """End processes before they can say why: each would call itself cancelled by somebody."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    psutil.wait_procs(processes, timeout=5)
    return [process.pid for process in processes]
