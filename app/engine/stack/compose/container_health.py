"""Check a container's health as `make status` does.

The container's health check is `python -m app.engine.stack.compose.container_health mlflow`.

Only the standard library: it runs every few seconds in each container, and most of them do not have the panel's.
"""

import os
import sys
from collections.abc import Mapping
from json import dumps, loads
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from app.engine.stack import probes, stores
from app.engine.stack.compose.helpers import HELPERS
from app.engine.stack.service import Probe, Program
from app.engine.stack.services import SERVICES
from app.engine.stack.stores import STARTING_SECONDS


class Answer:
    """An answer over HTTP."""

    def __init__(self, url: str, status_code: int, body: bytes) -> None:
        self.url, self.status_code, self._body = url, status_code, body

    def json(self) -> Any:
        """Read the body.

        Raises:
            ValueError: it is not JSON.
        """
        return loads(self._body)

    def raise_for_status(self) -> None:
        """Raise `Unwell` unless all went well."""
        if self.status_code >= 400:
            raise probes.Unwell("{url} answers {status}", url=self.url, status=self.status_code)


class Http:
    """HTTP within the stack: no proxy is asked."""

    def __init__(self) -> None:
        self._opener = build_opener(ProxyHandler({}))

    def get(self, url: str) -> Answer:
        """Get a page."""
        return self._open(Request(url))  # noqa: S310

    def post(self, url: str, *, json: Any) -> Answer:
        """Post a question."""
        return self._open(Request(url, dumps(json).encode(), {"Content-Type": "application/json"}))  # noqa: S310

    def _open(self, request: Request) -> Answer:
        try:
            with self._opener.open(request, timeout=probes.TIMEOUT_SECONDS) as response:
                return Answer(request.full_url, response.status, response.read())
        except HTTPError as error:
            return Answer(request.full_url, error.code, error.read())


class Addresses:
    """Where the services are, read from the variables that every container is given."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    @property
    def work_pool(self) -> str:
        """Prefect's work pool."""
        return self._variables["WORK_POOL"]

    @property
    def prefect_api_url(self) -> str:
        """Prefect's API."""
        return self._variables["PREFECT_API_URL"]

    def internal_url(self, service: str) -> str:
        """URL for the stack's own calls."""
        return self._variables[f"{service.upper()}_INTERNAL_URL"]

    def public_url(self, service: str) -> str:
        """URL for a person's browser."""
        return self._variables[f"{service.upper()}_PUBLIC_URL"]


PROGRAMS = {program.container: (service, program) for service in SERVICES for program in service.starts}
"""What runs in each container of a service."""
PROBES: dict[str, Probe] = {
    **{container: program.probe or service.probe for container, (service, program) in PROGRAMS.items()},
    **{container.name: container.probe for container in HELPERS if container.probe},
}


def asked_through(container: str) -> str:
    """Name the service that reports on one which does not answer itself."""
    asked = PROGRAMS[container][0].asked_through if container in PROGRAMS else ""
    return next((service.title for service in SERVICES if service.id == asked), "")


def check_store(container: str, variables: Mapping[str, str], uptime: float) -> None:
    """Check that what the container's service stores can be read and written.

    While it starts, the lock of its store is left to it.

    Raises:
        Unwell: it cannot; the sentence names the file and what helps.
    """
    if container not in PROGRAMS:
        return
    service, program = PROGRAMS[container]
    depth: stores.Depth = "outside" if uptime < STARTING_SECONDS else "lock"
    checked = [stores.first_trouble(service.stores(variables), depth)]
    checked += [stores.trouble_of_folder(folder) for folder in service.folders(variables)]
    if trouble := next(filter(None, checked), None):
        raise probes.Unwell(trouble.for_container(run_in(program)))


def run_in(program: Program) -> str:
    """Name what runs a command of the shell in a container like this one, which need not be running itself."""
    profile = f"--profile {program.profile} " if program.profile else ""
    return f"docker compose {profile}run --rm --no-deps {program.container} sh -c"


def container_uptime() -> float:
    """Seconds since this container's first process was started: an older heartbeat is not its own."""
    ticks = int(Path("/proc/1/stat").read_text().rpartition(")")[2].split()[19])
    return float(Path("/proc/uptime").read_text().split()[0]) - ticks / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Say what the probe saw.

    The exit code is 1 when the service is not well.
    """
    try:
        uptime = container_uptime()
        check_store(sys.argv[1], os.environ, uptime)
        print(PROBES[sys.argv[1]](probes.Call(Http(), Addresses(os.environ), uptime)))
    except (OSError, probes.SomethingElse) as error:
        asked = asked_through(sys.argv[1])
        print(f"{asked} does not answer, which tells of it: {error}" if asked else f"{type(error).__name__}: {error}")
        return 1
    except Exception as error:  # whatever it is, Docker shows this line
        print(f"{type(error).__name__}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
