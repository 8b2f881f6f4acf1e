"""Wait until each service really works, say so as it happens, and show the log of the one that does not."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping

from app.engine.orchestrators.prefect.work_pool import register_pool
from app.engine.stack.health import check_services
from app.engine.stack.local.supervisor import StackControl
from app.engine.stack.services import SERVICES, Service
from app.settings import Settings

PATIENCE_SECONDS = 240.0
POLL_SECONDS = 1.0
LOG_LINES = 15

Say = Callable[[str], None]


class Watch:
    """Watches a stack that was started until all of it is healthy and the deployments are registered.

    Args:
        settings: the stack's.
        control: its supervisor.
        environment: what its services were given.
        say: is told each step of the way.
        logged: how many bytes each program's log had before this start: what is older explains nothing.
    """

    def __init__(
        self,
        settings: Settings,
        control: StackControl,
        environment: Mapping[str, str],
        say: Say,
        logged: Mapping[str, int],
    ) -> None:
        self._settings, self._control, self._environment, self._say = settings, control, environment, say
        self._logged = logged
        self._began = time.monotonic()
        self._missing = {service.id: service for service in SERVICES}
        self._reasons: dict[str, str] = {}
        self._failed: list[Service] = []
        self._registration: subprocess.Popen[str] | None = None

    def until_healthy(self) -> bool:
        """Look until nothing is missing or it took too long; return whether everything is healthy and registered."""
        deadline = self._began + PATIENCE_SECONDS
        while self._missing and time.monotonic() < deadline:
            self._look()
            if self._missing:
                time.sleep(POLL_SECONDS)
        self._failed += self._missing.values()
        for service in self._failed:
            self._report(service)
        return self._is_registered() and not self._failed

    def _look(self) -> None:
        for health in check_services(self._settings, self._missing.values()):
            self._reasons[health.service] = health.message
            if health.is_healthy:
                self._say(f"  {health.title:<16}{self._seconds():5.1f} s  {health.public_url}".rstrip())
                del self._missing[health.service]
            elif health.needs_repair:
                self._failed.append(self._missing.pop(health.service))
        failed = {service.id for service in self._failed}
        if self._registration is None and "prefect" not in self._missing.keys() | failed:
            self._prepare_prefect()
        self._drop_what_gave_up()

    def _prepare_prefect(self) -> None:
        """Create the pool before its worker starts, and register the deployments meanwhile."""
        register_pool(self._settings)
        if not self._control.programs()["worker"].is_up:
            self._control.start("worker")
        self._registration = subprocess.Popen(
            [sys.executable, "-m", "app.engine.stack.programs.deployments"],
            cwd=self._settings.workspace,
            env={**self._environment, "PYTHONPATH": self._environment["PANEL_PYTHONPATH"]},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _drop_what_gave_up(self) -> None:
        """Wait no longer for what the supervisor gave up, nor for a worker that has no Prefect."""
        programs = self._control.programs()
        no_prefect = any(failed.id == "prefect" for failed in self._failed)
        for service in list(self._missing.values()):
            if service.id == "worker" and self._registration is None:
                gave_up = no_prefect
            else:
                gave_up = any(programs[name].state == "FATAL" for name in service.programs)
            if gave_up:
                self._failed.append(self._missing.pop(service.id))

    def _report(self, service: Service) -> None:
        self._say(f"\n{self._reasons.get(service.id) or service.title}")
        programs = self._control.programs()
        culprits = [name for name in service.programs if programs[name].state != "RUNNING"] or service.programs[:1]
        for name in culprits:
            if lines := self._control.log_tail(name, LOG_LINES, self._logged.get(name, 0)):
                self._say(f"--- last lines of {self._control.log_file(name)}")
                self._say(lines)

    def _is_registered(self) -> bool:
        if self._registration is None:
            return False
        output, problems = self._registration.communicate(timeout=PATIENCE_SECONDS)
        names = output.splitlines()
        self._say(f"  {len(names)} deployments{self._seconds():7.1f} s  {', '.join(names)}")
        if problems.strip():
            self._say(problems.strip())
        return self._registration.returncode == 0

    def _seconds(self) -> float:
        return time.monotonic() - self._began
