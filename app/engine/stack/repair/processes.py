"""Read the processes of this machine, or of this container, and say so when they cannot be read.

A run is called lost because no process of it is found. So a process that may not be read must not count as none.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import psutil

from app.engine.errors import WorkshopError

T = TypeVar("T")
READ_REFUSED = (psutil.AccessDenied, OSError)


class CannotSee(WorkshopError):
    """This machine does not let this process read what it must know: nothing may be judged."""


def read_processes(read: Callable[[psutil.Process], T | None]) -> dict[int, T]:
    """Read something of each process here, by its number.

    What is None, has ended or is another account's is left out.

    Raises:
        CannotSee: a process of this account that may execute a run is not readable, or this process itself is not.
    """
    _see_this_one()
    values: dict[int, T] = {}
    for process in psutil.process_iter():
        try:
            value = read(process)
        except psutil.NoSuchProcess:  # a zombie is one, too
            continue
        except READ_REFUSED as error:
            if _may_execute_a_run(process):
                raise CannotSee(
                    "Process {process} cannot be read, so no run is called lost. ({reason})",
                    process=process.pid,
                    reason=error,
                ) from error
            continue
        if value is not None:
            values[process.pid] = value
    return values


def environment_of(process: psutil.Process) -> Mapping[str, str]:
    """Read the environment of a process.

    That of a zombie is empty.
    """
    return {} if process.status() == psutil.STATUS_ZOMBIE else process.environ()


def _see_this_one() -> None:
    """Look at this process: some systems give an empty environment in place of a refusal."""
    try:
        is_seen = bool(environment_of(psutil.Process()))
    except (psutil.Error, OSError):
        is_seen = False
    if not is_seen and os.environ:
        raise CannotSee("This process cannot read its own environment from the system, so no run is called lost.")


def _may_execute_a_run(process: psutil.Process) -> bool:
    """Whether a process that may not be read is this account's, and Python.

    Desktops have some of this account's that nobody may read and that are no run: an SSH agent, a browser's.
    """
    try:
        if process.uids().real != os.getuid():
            return False
        command = process.cmdline()
    except psutil.NoSuchProcess:
        return False
    except READ_REFUSED:
        return True
    return bool(command) and "python" in Path(command[0]).name.lower()
