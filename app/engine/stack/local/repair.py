"""Repair a local stack that runs: start what has stopped, restart what is not well."""

import time
from collections.abc import Callable, Mapping

from app.engine.stack.facts import ServiceHealth
from app.engine.stack.health import check_services
from app.engine.stack.local.ports import check_ports
from app.engine.stack.local.preparation import store_troubles
from app.engine.stack.local.supervisor import Program, StackControl
from app.engine.stack.service import Service
from app.engine.stack.services import SERVICES
from app.settings import Settings

HANGING_SECONDS = 60
BUSY_SECONDS = 30
"""A service that does not answer for this long hangs. Before that it may be busy, and a restart would end its runs."""
LATE_STARTERS = tuple(name for service in SERVICES if service.starts_after for name in service.programs)
"""Programs that are started once what they need is ready."""

Say = Callable[[str], None]


def repair(settings: Settings, control: StackControl, environment: Mapping[str, str], say: Say) -> None:
    """Start what has stopped, and restart what has run for a while and is not well.

    A service that cannot work with what it stores is left as it is: a restart would not help, and would end its runs.
    """
    programs, troubles = control.programs(), store_troubles(environment)
    left = {name for service in SERVICES if service.id in troubles for name in service.programs} | set(LATE_STARTERS)
    stopped = [name for name, program in programs.items() if not program.is_up and name not in left]
    with_port = [service for service in SERVICES if service.has_page and service.programs[-1] in stopped]
    check_ports(settings, [service.url_name for service in with_port])
    for name in stopped:
        say(f"{name} does not run ({programs[name].state}): starting it again.")
        control.start(name)
    for health in _health_of_all(settings, control):
        service = next(service for service in SERVICES if service.id == health.service)
        if health.is_healthy:
            say(f"{service.title} is already up.")
        elif service.id in troubles or health.state == "unknown":
            say(health.message)
        elif health.needs_repair or _has_run_long(service, programs):
            say(f"{health.message} Restarting it …")
            for name in service.programs:
                control.restart(name)


def _has_run_long(service: Service, programs: Mapping[str, Program]) -> bool:
    return all(programs[name].seconds > HANGING_SECONDS for name in service.programs)


def _health_of_all(settings: Settings, control: StackControl) -> list[ServiceHealth]:
    """Ask for the health of all services, and ask again for a while where one may only be busy."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        healths, programs = check_services(settings), control.programs()
        services = {service.id: service for service in SERVICES}
        may_be_busy = [
            health
            for health in healths
            if not health.is_healthy and not health.needs_repair and _has_run_long(services[health.service], programs)
        ]
        if not may_be_busy or time.monotonic() > deadline:
            return healths
        time.sleep(1)
