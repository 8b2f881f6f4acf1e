"""What a probe needs: it asks a service something that it can only answer when it really works.

Easy questions give false answers. MLflow's `/health` does not ask its database, and Dagster's `/health` is its web
page. Both Prefect and Dagster go on calling a dead worker or daemon healthy: those are judged by the age of their last
heartbeat. A probe returns what it saw in words. It raises `Unwell` with the reason, or the HTTP client's own error.
Only the standard library is imported: the health checks of the containers ask the same (`container_health.py`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from app.engine.message import Message

TIMEOUT_SECONDS = 8.0
"""How long the health check of a container waits for an answer."""


class Unwell(Exception):
    """The service answered, but not as a service that works.

    Args:
        reason: what is wrong, without a full stop; a template, if there are values.
        repair: what to correct when neither waiting nor starting it again will help.
    """

    def __init__(self, reason: str, repair: str = "", /, **values: object) -> None:
        self.repair = repair
        self.reason = Message(reason, **values)
        super().__init__(self.reason)


class NotYet(Unwell):
    """Something has not been seen of the service that comes by itself when it, or what it reports to, is new."""


class SomethingElse(Unwell):
    """Another program answers in the place of the one that was asked."""


class Response(Protocol):
    """An answer over HTTP, as httpx gives it."""

    @property
    def status_code(self) -> int:
        """The number that tells whether it went well."""

    @property
    def url(self) -> Any:
        """Where it came from."""

    def json(self) -> Any:
        """Read the body, or raise `ValueError`."""

    def raise_for_status(self) -> Any:
        """Raise an error unless all went well."""


class Http(Protocol):
    """The two calls that the probes make, as httpx's client has them."""

    def get(self, url: str) -> Response:
        """Get a page."""

    def post(self, url: str, *, json: Any) -> Response:
        """Post a question."""


class Addresses(Protocol):
    """Where the services are, as the settings say it."""

    @property
    def work_pool(self) -> str:
        """Prefect's work pool."""

    @property
    def prefect_api_url(self) -> str:
        """Prefect's API."""

    def internal_url(self, service: str) -> str:
        """URL for the stack's own calls."""

    def public_url(self, service: str) -> str:
        """URL for a person's browser."""


@dataclass(frozen=True)
class Call:
    """What a probe needs."""

    http: Http
    settings: Addresses
    uptime: float = float("inf")
    """Seconds since the service's process was started, where that is known: an older heartbeat is not its own."""


def checked(response: Response) -> Any:
    """Read the JSON of a good answer.

    Another server on the port answers something else, and that is `SomethingElse`.
    """
    response.raise_for_status()
    try:
        return response.json()
    except ValueError as error:
        raise SomethingElse("something else answers in its place") from error


def gist(message: str) -> str:
    """Take the first sentence of a traceback's last line."""
    lines = message.strip().splitlines() or ["no reason given"]
    return lines[-1].split(". ")[0].rstrip(".")[:300]


def age(moment: datetime) -> float:
    """Tell how many seconds ago a moment was."""
    return (datetime.now(UTC) - moment).total_seconds()
