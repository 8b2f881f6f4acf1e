"""What the stack's services are doing, their logs, and how to restart one: the same for both ways to run them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.settings import Settings


@dataclass(frozen=True)
class Runtime:
    """The processes behind one service, as whoever supervises them tells it."""

    service: str
    state: str
    """The supervisor's or Docker's own word for the state of the program that is worst."""
    started: datetime | None
    """When it was started, or None while it does not run."""
    restarts: int
    """How often it was started again. Locally: since the stack was, by whomever. Docker counts only what it did by
    itself, and begins again when somebody restarts a container."""
    memory: int
    """Bytes."""
    programs: tuple[str, ...]
    """Names of its programs or containers: each has a log of its own."""


class ServiceControl(Protocol):
    """Who supervises a stack. Every method raises `ServiceDown` when it does not answer."""

    name: str
    """For a person."""

    def runtimes(self) -> Mapping[str, Runtime]:
        """Say of each service, by its id, what its processes are doing.

        A service that is not part of the stack is left out.
        """

    def log(self, program: str, lines: int) -> list[str]:
        """Read the last lines of a program's output."""

    def restart(self, service: str) -> None:
        """Stop a service and start it again.

        It becomes healthy some seconds after this returns.
        """


def service_control(settings: Settings) -> ServiceControl:
    """Give what supervises this stack: Docker where Compose says how to reach it, else the local supervisor."""
    if settings.docker_proxy_url:
        from app.engine.stack.compose.control import ComposeControl

        return ComposeControl(settings.docker_proxy_url)
    from app.engine.stack.local.control import LocalControl

    return LocalControl(settings)
