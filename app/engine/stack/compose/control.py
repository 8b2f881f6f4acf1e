"""The services of the Compose stack, as Docker tells them through the filtering proxy."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from docker import APIClient
from docker.errors import APIError, DockerException
from requests import RequestException

from app.engine.errors import ServiceDown, ServiceRefused
from app.engine.stack.control import Runtime
from app.engine.stack.service import Service
from app.engine.stack.services import SERVICES

TIMEOUT_SECONDS = 20
STOP_SECONDS = 5
NOBODY_BEHIND = (502, 503, 504)
"""What the proxy itself answers while Docker does not."""
SERVICE_LABEL = "com.docker.compose.service"
BEST_FIRST = ("running", "created", "restarting", "paused", "exited", "removing", "dead")


class ComposeControl:
    """Services as containers of one Compose project.

    Args:
        url: where the proxy listens, for example `tcp://proxy:2375`; it lists this project's containers only, and
            takes a container's name, never its id.
    """

    name = "Docker"

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: APIClient | None = None

    def runtimes(self) -> Mapping[str, Runtime]:
        """Say of each service what its containers are doing.

        A service whose profile is off has none and is left out.
        """
        with self._asking() as docker:
            names = _names(docker)
            wanted = {each.id: [names[name] for name in each.containers if name in names] for each in SERVICES}
            every = [name for of_service in wanted.values() for name in of_service]
            with ThreadPoolExecutor(max(1, len(every))) as pool:
                containers = dict(zip(every, pool.map(lambda name: _inspect(docker, name), every), strict=True))
        return {
            each.id: _runtime(each, [containers[name] for name in wanted[each.id]])
            for each in SERVICES
            if wanted[each.id]
        }

    def log(self, program: str, lines: int) -> list[str]:
        """Read the last lines of a container's output."""
        with self._asking() as docker:
            output: bytes = docker.logs(_names(docker)[program], tail=lines)
        return output.decode(errors="replace").splitlines()

    def restart(self, service: str) -> None:
        """Restart every container of a service."""
        containers = next(each for each in SERVICES if each.id == service).containers
        with self._asking() as docker:
            names = _names(docker)
            for container in containers:
                docker.restart(names[container], timeout=STOP_SECONDS)

    @contextmanager
    def _asking(self) -> Iterator[APIClient]:
        try:
            if self._client is None:
                self._client = APIClient(base_url=self._url, timeout=TIMEOUT_SECONDS)
            yield self._client
        except APIError as error:
            if error.status_code in NOBODY_BEHIND:
                raise ServiceDown("Docker", "", "the proxy says {status}", status=error.status_code) from error
            if error.explanation:
                raise ServiceRefused("Docker", str(error.explanation)) from error
            raise ServiceRefused("Docker", "status {status}", status=error.status_code) from error
        except (RequestException, DockerException) as error:
            raise ServiceDown("Docker", "") from error
        except KeyError as error:
            raise ServiceRefused("Docker", "this project has no container {reason}.", reason=error) from error


def _names(docker: APIClient) -> dict[str, str]:
    """Map the project's Compose services to the names of their containers."""
    return {each["Labels"][SERVICE_LABEL]: each["Names"][0].lstrip("/") for each in docker.containers(all=True)}


def _inspect(docker: APIClient, name: str) -> dict[str, Any]:
    """Inspect a container, and read the memory of one that runs."""
    container: dict[str, Any] = docker.inspect_container(name)
    running = container["State"]["Status"] == "running"
    return container | {"memory": _memory(docker.stats(name, stream=False, one_shot=True)) if running else 0}


def _memory(stats: Mapping[str, Any]) -> int:
    """Read the bytes that a container uses, without the files that the kernel caches for it."""
    memory = stats.get("memory_stats", {})
    return int(memory.get("usage", 0)) - int(memory.get("stats", {}).get("inactive_file", 0))


def _runtime(service: Service, containers: list[dict[str, Any]]) -> Runtime:
    states = [container["State"] for container in containers]
    starts = [datetime.fromisoformat(state["StartedAt"]) for state in states if state["Running"]]
    return Runtime(
        service=service.id,
        state=max((state["Status"] for state in states), key=BEST_FIRST.index),
        started=max(starts, default=None) if len(starts) == len(states) else None,
        restarts=sum(int(container["RestartCount"]) for container in containers),
        memory=sum(int(container["memory"]) for container in containers),
        programs=tuple(container["Config"]["Labels"][SERVICE_LABEL] for container in containers),
    )
