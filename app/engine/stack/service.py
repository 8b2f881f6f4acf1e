"""What a service is: each file of `services/` describes one, and all else about it is derived from there.

Only the standard library is imported here and in `services/`: the health checks of the containers read them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.stack.probes import Addresses, Call

if TYPE_CHECKING:
    from workshop.facts import OrchestratorName

Probe = Callable[[Call], str]


@dataclass(frozen=True)
class Place:
    """Where a local stack is."""

    settings: Addresses
    data: Path
    """The data folder: a service stores its state in a folder of its own there."""
    sockets: Path
    """The folder of the stack's sockets."""


@dataclass(frozen=True)
class Program:
    """One program of a service: a process of the local supervisor, and a container in Compose.

    An argument may hold `{NAME}`, a variable of the stack's environment.
    """

    name: str
    """Its name in the local supervisor."""
    container: str
    """Its service in docker-compose.yml."""
    image: str
    """The target of compose/Dockerfile from which the container starts, or `panel`."""
    memory: str
    """The container's limit, as docker-compose.yml writes it."""
    arguments: tuple[str, ...]
    """What follows `python` on the command line, in both stacks."""
    local_arguments: tuple[str, ...] = ()
    compose_arguments: tuple[str, ...] = ()
    purpose: str = ""
    """What it is for, where its service has several programs."""
    store: str = ""
    """Where the container keeps its state, on a volume."""
    profile: str = ""
    """The Compose profile without which it does not start."""
    waits_for: tuple[str, ...] = ("init",)
    """The containers before which it does not start."""
    probe: Probe | None = None
    """How the container's health is asked, where that differs from the service's probe."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables of this program alone, in the local stack."""
    start_seconds: int = 10
    """When it has run for so long, the supervisor takes it for started."""
    start_retries: int = 2
    stops_last: bool = False
    """Whether other programs tell it how they have ended."""


@dataclass(frozen=True)
class Service:
    """One service, as a person thinks of it."""

    order: int
    """Its place among the services on every page and in every table."""
    id: str
    """Names its settings: `mlflow` has MLFLOW_PORT, MLFLOW_INTERNAL_URL and MLFLOW_PUBLIC_URL."""
    title: str
    purpose: str
    probe: Probe
    starts: tuple[Program, ...]
    """First the program whose log tells most, last the one with the port."""
    port: int | None = None
    """The default port of its web server, or None when it has none."""
    port_meaning: str = ""
    """The text of the port's variable in `.env.example`."""
    url_meaning: str = ""
    """The text of the URLs' variables there."""
    exposure: str = ""
    """What everybody who reaches the port can do: `they can …`."""
    carries: tuple[OrchestratorName, ...] = ()
    """Whose runs fail or wait when it is restarted."""
    asked_through: str = ""
    """The id of the service that reports on it, where it does not answer itself."""
    starts_after: str = ""
    """The id of the service that must be healthy before the local stack starts this one."""
    state_folder: str = ""
    """The folder below the data folder where it stores its state. Several services may share one."""
    state_files: Mapping[str, str] = field(default_factory=dict)
    """Files that are copied into that folder before a start: their names there, and where they are in the checkout."""
    stores: Callable[[Mapping[str, str]], list[Path]] = lambda _: []
    """The SQLite files that it writes, given the environment of the services."""
    folders: Callable[[Mapping[str, str]], list[Path]] = lambda _: []
    """Other folders into which its container writes."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Variables that have the same value in both stacks."""
    local_variables: Callable[[Place], dict[str, str]] = lambda _: {}
    """Variables whose value in the local stack depends on where that is."""
    prepare: str = ""
    """`module:function` that is called with the settings when it is healthy, before others that wait for it start."""
    register: str = ""
    """A module that is run in the workspace when it is healthy, and prints the names of what it has registered."""
    before_down: str = ""
    """`module:function` that is called with settings, supervisor and `say` before the local stack stops."""

    @property
    def programs(self) -> tuple[str, ...]:
        """The names of its programs in the local supervisor."""
        return tuple(program.name for program in self.starts)

    @property
    def containers(self) -> tuple[str, ...]:
        """The names of its services in docker-compose.yml."""
        return tuple(program.container for program in self.starts)

    @property
    def has_page(self) -> bool:
        """Whether it has a user interface, and so a port, of its own."""
        return self.port is not None

    @property
    def url_name(self) -> str:
        """The id of the service whose URLs lead to it: its own, or that of the one which reports on it."""
        return self.asked_through or self.id
