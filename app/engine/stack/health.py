"""Is each service healthy: all of them asked at once, the answer in words."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx

from app.engine.commands import command
from app.engine.errors import ServiceDown
from app.engine.models import HealthState, ServiceHealth
from app.engine.stack.local import Program, StackControl
from app.engine.stack.probes import Call, Unwell
from app.engine.stack.services import SERVICES, Service
from app.settings import Settings

TIMEOUT_SECONDS = 2.0
STARTING_SECONDS = 60


def check_services(settings: Settings, services: Iterable[Service] = SERVICES) -> list[ServiceHealth]:
    """Probe these services side by side; none of them takes much longer than the time-out."""
    wanted = list(services)
    programs = _programs(settings)
    with _client() as http, ThreadPoolExecutor(max(1, len(wanted))) as pool:
        return list(pool.map(lambda service: check_service(http, settings, service, programs), wanted))


def check_service(
    http: httpx.Client, settings: Settings, service: Service, programs: Mapping[str, Program]
) -> ServiceHealth:
    """Probe one service; one whose process is gone is not asked, its last answers would still look well."""
    public_url = settings.public_url(service.url_name) if service.has_page else ""
    state: HealthState = "up"
    needs_repair = False
    try:
        message = _ask(http, settings, service, programs)
    except (Unwell, httpx.HTTPError) as error:
        message = f"{service.title}: {_reason(error, settings, service)}"
        state = "slow" if isinstance(error, httpx.TimeoutException) else "down"
        if isinstance(error, httpx.ConnectError) and _has_just_been_started(service, programs):
            message, state = f"{service.title}: it has just been started, and does not answer yet.", "starting"
        needs_repair = isinstance(error, Unwell) and bool(error.repair)
    return ServiceHealth(service.id, service.title, state, message, public_url, datetime.now(UTC), needs_repair)


def _ask(http: httpx.Client, settings: Settings, service: Service, programs: Mapping[str, Program]) -> str:
    known = _programs_of(service, programs)
    for program in known:
        if program.state not in ("RUNNING", "STARTING"):
            raise Unwell(f"{program.name} is not running ({program.state})")
    uptime = min((float(program.seconds + 1) for program in known), default=float("inf"))
    return service.probe(Call(http, settings, uptime))


def _has_just_been_started(service: Service, programs: Mapping[str, Program]) -> bool:
    return any(each.is_up and each.seconds < STARTING_SECONDS for each in _programs_of(service, programs))


def _programs_of(service: Service, programs: Mapping[str, Program]) -> list[Program]:
    return [programs[name] for name in service.programs if name in programs]


def _reason(error: Exception, settings: Settings, service: Service) -> str:
    url = settings.public_url(service.url_name)
    start, logs = command("start", service.title), command("logs", service.title)
    match error:
        case Unwell():
            return f"{error}. {error.repair or f'Start it with {start}.'}"
        case httpx.HTTPStatusError():
            return f"it answers {error.response.status_code} at {url}. Look at its log with {logs}."
        case httpx.TimeoutException():
            return (
                f"it does not answer within {TIMEOUT_SECONDS:.0f} s at {url}: it or the machine is busy. "
                f"Should it stay so, look at its log with {logs}."
            )
    return f"nothing answers at {url}. Start it with {start}."


def _client() -> httpx.Client:
    """Make a client for plain HTTP within the stack: no proxy, and no certificates to load each time."""
    return httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False, verify=False)  # noqa: S501


def _programs(settings: Settings) -> dict[str, Program]:
    try:
        return StackControl(settings).programs()
    except ServiceDown:
        return {}
