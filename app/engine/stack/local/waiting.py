"""Wait until each service really works, say so as it happens, and show the log of the one that does not."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping

from app.engine.stack.health import check_services
from app.engine.stack.hooks import hook
from app.engine.stack.local.supervisor import StackControl
from app.engine.stack.service import Service
from app.engine.stack.services import SERVICES
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
        self._prepared: set[str] = set()
        self._registrations: list[subprocess.Popen[str]] = []

    def until_healthy(self) -> bool:
        """Wait until all is healthy or the time is over, and return whether all is healthy and registered."""
        deadline = self._began + PATIENCE_SECONDS
        while self._missing and time.monotonic() < deadline:
            self._update()
            if self._missing:
                time.sleep(POLL_SECONDS)
        self._failed += self._missing.values()
        for service in self._failed:
            self._report(service)
        return self._is_registered() and not self._failed

    def _update(self) -> None:
        """Ask for the health of what is missing, and do what others wait for."""
        for health in check_services(self._settings, self._missing.values()):
            self._reasons[health.service] = health.message
            if health.is_healthy:
                self._say(f"  {health.title:<16}{self._seconds():5.1f} s  {health.public_url}".rstrip())
                self._prepare(self._missing.pop(health.service))
            elif health.needs_repair:
                self._failed.append(self._missing.pop(health.service))
        self._drop_what_gave_up()

    def _prepare(self, service: Service) -> None:
        """Do what others wait for of a service that is healthy, start them, and register the workshop with it."""
        if service.prepare:
            hook(service.prepare)(self._settings)
        self._prepared.add(service.id)
        for program in self._waiting_for(service):
            if not self._control.programs()[program].is_up:
                self._control.start(program)
        if service.register:
            self._registrations.append(self._run_in_workspace(service.register))

    def _waiting_for(self, service: Service) -> list[str]:
        return [name for each in SERVICES if each.starts_after == service.id for name in each.programs]

    def _run_in_workspace(self, module: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", module],
            cwd=self._settings.workspace,
            env={**self._environment, "PYTHONPATH": self._environment["PANEL_PYTHONPATH"]},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _drop_what_gave_up(self) -> None:
        """Wait no longer for what the supervisor gave up, nor for what starts after a service that has failed."""
        programs = self._control.programs()
        failed = {service.id for service in self._failed}
        for service in list(self._missing.values()):
            if service.starts_after and service.starts_after not in self._prepared:
                gave_up = service.starts_after in failed
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
        """Wait until everything is registered, and say what was."""
        wanted = [service for service in SERVICES if service.register]
        codes = [self._finish(registration) for registration in self._registrations]
        return len(codes) == len(wanted) and not any(codes)

    def _finish(self, registration: subprocess.Popen[str]) -> int:
        output, problems = registration.communicate(timeout=PATIENCE_SECONDS)
        names = output.splitlines()
        self._say(f"  {len(names)} deployments{self._seconds():7.1f} s  {', '.join(names)}")
        if problems.strip():
            self._say(problems.strip())
        return registration.returncode

    def _seconds(self) -> float:
        return time.monotonic() - self._began
