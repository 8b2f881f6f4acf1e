"""The services of the local stack, as its supervisor and the system tell them."""

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import psutil

from app.engine.stack.control import Runtime
from app.engine.stack.local.environment import stack_folder
from app.engine.stack.local.supervisor import Program, StackControl
from app.engine.stack.service import Service
from app.engine.stack.services import SERVICES
from app.settings import Settings

SPAWNED = re.compile(r"spawned: '([\w-]+)' with pid")
BEGAN = "supervisord started with pid"
BEST_FIRST = ("RUNNING", "STARTING", "BACKOFF", "STOPPING", "EXITED", "STOPPED", "FATAL", "UNKNOWN")


class LocalControl:
    """Services as plain processes under the local supervisor."""

    name = "The local supervisor"

    def __init__(self, settings: Settings) -> None:
        self._supervisor = StackControl(settings)
        self._log = stack_folder(settings) / "supervisord.log"

    def runtimes(self) -> Mapping[str, Runtime]:
        """Say of each service what its processes are doing."""
        programs, spawns = self._supervisor.programs(), self._spawns()
        return {
            service.id: _runtime(service, [programs[name] for name in service.programs], spawns) for service in SERVICES
        }

    def log(self, program: str, lines: int) -> list[str]:
        """Read the last lines of a program's output."""
        return self._supervisor.log_tail(program, lines).splitlines()

    def restart(self, service: str) -> None:
        """Restart every program of a service.

        The process that calls this can only be ended, and the supervisor starts it again.
        """
        (programs,) = [each.programs for each in SERVICES if each.id == service]
        for program in programs:
            if self._supervisor.programs()[program].pid == os.getpid():
                self._supervisor.terminate(program)
            else:
                self._supervisor.restart(program)

    def _spawns(self) -> dict[str, int]:
        """Count how often each program was started since the supervisor was."""
        counts: dict[str, int] = {}
        for line in self._log.read_text(errors="replace").splitlines() if self._log.exists() else []:
            if BEGAN in line:
                counts.clear()
            elif spawned := SPAWNED.search(line):
                counts[spawned[1]] = counts.get(spawned[1], 0) + 1
        return counts


def _runtime(service: Service, programs: list[Program], spawns: Mapping[str, int]) -> Runtime:
    worst = max(programs, key=lambda program: BEST_FIRST.index(program.state))
    now = datetime.now(UTC)
    is_up = all(program.seconds for program in programs)
    return Runtime(
        service=service.id,
        state=worst.state,
        started=now - timedelta(seconds=min(program.seconds for program in programs)) if is_up else None,
        restarts=sum(max(spawns.get(program.name, 1) - 1, 0) for program in programs),
        memory=sum(_memory(program.pid) for program in programs if program.pid),
        programs=service.programs,
    )


def _memory(pid: int) -> int:
    """Sum the resident memory of a process and its children.

    It is 0 for a process that has just ended.
    """
    try:
        process = psutil.Process(pid)
        return sum(int(each.memory_info().rss) for each in [process, *process.children(recursive=True)])
    except psutil.Error:
        return 0
