"""Is each service healthy: all of them asked at once, the answer in words."""

import os
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx

from app.engine.commands import command
from app.engine.errors import WorkshopError
from app.engine.stack.facts import HealthState, ServiceHealth
from app.engine.stack.local.environment import stack_environment
from app.engine.stack.local.supervisor import Program, StackControl
from app.engine.stack.probes import Call, NotYet, SomethingElse, Unwell
from app.engine.stack.service import Service
from app.engine.stack.services import SERVICES
from app.engine.stack.store_trouble import StoreTrouble
from app.engine.stack.stores import STARTING_SECONDS, Depth, first_trouble
from app.settings import Settings

TIMEOUT_SECONDS = 2.0
COMING_BACK_SECONDS = 30
"""Within this time a worker has told a Prefect that was away that it is there."""


def check_services(settings: Settings, services: Iterable[Service] = SERVICES) -> list[ServiceHealth]:
    """Probe these services at the same time.

    All of it takes little longer than the time-out of one.
    """
    wanted = list(services)
    programs = _programs(settings)
    with _client() as http, ThreadPoolExecutor(max(1, len(wanted))) as pool:
        return list(pool.map(lambda service: check_service(http, settings, service, programs), wanted))


def check_service(
    http: httpx.Client, settings: Settings, service: Service, programs: Mapping[str, Program]
) -> ServiceHealth:
    """Probe one service.

    A service whose process is gone is not asked, because other services would still repeat its last good news.
    """
    public_url = settings.public_url(service.url_name) if service.has_page else ""
    state: HealthState = "up"
    needs_repair = False
    try:
        message = _ask(http, settings, service, programs)
    except (Unwell, httpx.HTTPError) as error:
        state = _state(error, settings, service, programs)
        message = f"{service.title}: {_reason(error, settings, service, state)}"
        needs_repair = isinstance(error, Unwell) and bool(error.repair) and state == "down"
    except Exception as error:  # the others are told of all the same
        state = "down"
        message = f"{service.title}: how it is cannot be told ({type(error).__name__}: {error})."
    return ServiceHealth(service.id, service.title, state, message, public_url, datetime.now(UTC), needs_repair)


class NotRunning(Unwell):
    """A program of the service is not running, and `remedy` says what helps."""

    def __init__(self, program: Program, remedy: str) -> None:
        self.remedy = remedy
        super().__init__("{program} is not running ({state})", program=program.name, state=program.state)


class StoreUnusable(Unwell):
    """What the service stores cannot be read or written."""

    def __init__(self, trouble: StoreTrouble) -> None:
        self.is_locked = trouble.kind == "locked"
        super().__init__(trouble.reason, trouble.remedy)


def _ask(http: httpx.Client, settings: Settings, service: Service, programs: Mapping[str, Program]) -> str:
    own_programs = _programs_of(service, programs)
    if own_programs:
        depth: Depth = "outside" if _has_just_been_started(service, programs) else "lock"
        if trouble := first_trouble(service.stores(os.environ | stack_environment(settings)), depth):
            raise StoreUnusable(trouble)
    for program in own_programs:
        if program.state not in ("RUNNING", "STARTING"):
            raise NotRunning(program, _how_to_start(service, program.state))
    uptime = min((float(program.seconds + 1) for program in own_programs), default=float("inf"))
    return service.probe(Call(http, settings, uptime))


def _state(
    error: Unwell | httpx.HTTPError, settings: Settings, service: Service, programs: Mapping[str, Program]
) -> HealthState:
    url = settings.internal_url(service.url_name)
    is_new = _has_just_been_started(service, programs)
    match error:
        case StoreUnusable(is_locked=True):
            return "slow"
        case httpx.HTTPError() | SomethingElse() if service.asked_through:
            _silences[url] = time.monotonic()
            return "unknown"
        case httpx.TimeoutException():
            return "slow"
        case httpx.ConnectError() if is_new:
            return "starting"
        case NotYet() if is_new or (service.asked_through and _asked_service_is_new(url, service, programs)):
            return "starting"
    return "down"


_silences: dict[str, float] = {}
"""When a service through which another is asked was silent last, by its URL: it has to be told everything again."""


def _asked_service_is_new(url: str, service: Service, programs: Mapping[str, Program]) -> bool:
    """Say whether the service that reports on this one has just been started, or was silent a moment ago."""
    was_silent = time.monotonic() - _silences.get(url, float("-inf")) < COMING_BACK_SECONDS
    names = [name for each in SERVICES if each.id == service.asked_through for name in each.programs]
    return was_silent or any(
        programs[name].is_up and programs[name].seconds < COMING_BACK_SECONDS for name in names if name in programs
    )


def _has_just_been_started(service: Service, programs: Mapping[str, Program]) -> bool:
    return any(each.is_up and each.seconds < STARTING_SECONDS for each in _programs_of(service, programs))


def _programs_of(service: Service, programs: Mapping[str, Program]) -> list[Program]:
    return [programs[name] for name in service.programs if name in programs]


def _reason(error: Exception, settings: Settings, service: Service, state: HealthState) -> str:
    url = settings.public_url(service.url_name)
    start, logs = command("start", service.title), command("logs", service.title)
    if state == "unknown":
        asked = next(each.title for each in SERVICES if each.id == service.asked_through)
        because = f"{asked} does not answer, which tells of it"
        return f"nothing is known of it, because {because}. What helps {asked} helps here."
    if state == "starting":
        if isinstance(error, Unwell):
            return f"{error}. It, or what it reports to, has just been started: wait a little."
        return "it has just been started, and does not answer yet: wait a little."
    match error:
        case NotRunning():
            return f"{error}. {error.remedy}"
        case Unwell():
            return f"{error}. {error.repair or f'Start it with {start}.'}"
        case httpx.HTTPStatusError():
            return f"it answers {error.response.status_code} at {url}. Look at its log with {logs}."
        case httpx.TimeoutException():
            return (
                f"it does not answer within {TIMEOUT_SECONDS:.0f} s at {url}: it or the machine is busy. "
                f"Should it stay so, look at its log with {logs}, and restart it on the page Services."
            )
    return f"nothing answers at {url}. Start it with {start}."


def _how_to_start(service: Service, state: str) -> str:
    """Say what helps a program that is not running."""
    start, logs = command("start", service.title), command("logs", service.title)
    if state == "FATAL":
        return f"It was tried several times and ended each time: its log says why ({logs}). Correct that, then {start}."
    if state == "STOPPED" and service.asked_through:
        return f"Start it with {start}; that waits until {service.asked_through.title()} is well."
    if state == "BACKOFF":
        return f"It ended at once, and is tried again by itself: its log says why ({logs})."
    return f"Start it with {start}."


def _client() -> httpx.Client:
    """Make a client for plain HTTP within the stack: no proxy, and no certificates to load each time."""
    return httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False, verify=False)  # noqa: S501


def _programs(settings: Settings) -> dict[str, Program]:
    try:
        return StackControl(settings).programs()
    except WorkshopError:
        return {}
