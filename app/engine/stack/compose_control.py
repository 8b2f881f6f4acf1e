"""The services of the Compose stack, as Docker tells them through the filtering proxy."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import docker
import requests
from docker.errors import DockerException

from app.engine.errors import ServiceDown, ServiceRefused
from app.engine.stack.control import Runtime
from app.engine.stack.services import SERVICES, Service

TIMEOUT_SECONDS = 10
SERVICE_LABEL = "com.docker.compose.service"
BEST_FIRST = ("running", "created", "restarting", "paused", "exited", "removing", "dead")


class ComposeControl:
    """Services as containers of one Compose project.

    Args:
        docker_host: where the proxy listens, for example `tcp://proxy:2375`.
        project: name of the Compose project.
    """

    name = "Docker"

    def __init__(self, docker_host: str, project: str) -> None:
        self._host = docker_host
        self._project = project
        self._client = docker.DockerClient(base_url=docker_host, timeout=TIMEOUT_SECONDS)

    def runtimes(self) -> Mapping[str, Runtime]:
        """Tell of each service what its containers are doing; a profile that is off has none."""
        with self._asking():
            containers = self._containers()
            found = {
                service.id: [containers[name] for name in service.containers if name in containers]
                for service in SERVICES
            }
            return {service.id: _runtime(service, found[service.id]) for service in SERVICES if found[service.id]}

    def log(self, program: str, lines: int) -> list[str]:
        """Read the last lines of a container's output."""
        with self._asking():
            output: bytes = self._containers()[program].logs(tail=lines)
        return output.decode(errors="replace").splitlines()

    def restart(self, service: str) -> None:
        """Restart every container of a service."""
        names = next(each for each in SERVICES if each.id == service).containers
        with self._asking():
            containers = self._containers()
            for name in names:
                containers[name].restart(timeout=TIMEOUT_SECONDS // 2)

    def _containers(self) -> dict[str, Any]:
        """Map the project's Compose services to their containers."""
        wanted = {"label": f"com.docker.compose.project={self._project}"}
        found = self._client.containers.list(all=True, filters=wanted)
        return {container.labels[SERVICE_LABEL]: container for container in found}

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except requests.RequestException as error:
            raise ServiceDown("Docker", self._host) from error
        except (DockerException, KeyError) as error:
            raise ServiceRefused("Docker", str(error)) from error


def _runtime(service: Service, containers: list[Any]) -> Runtime:
    worst = max(containers, key=lambda container: BEST_FIRST.index(container.status))
    states = [container.attrs["State"] for container in containers]
    starts = [datetime.fromisoformat(state["StartedAt"].replace("Z", "+00:00")) for state in states if state["Running"]]
    return Runtime(
        service=service.id,
        state=worst.status,
        started=max(starts, default=None),
        restarts=sum(int(container.attrs["RestartCount"]) for container in containers),
        memory=sum(_memory(container) for container in containers if container.status == "running"),
        programs=tuple(container.labels[SERVICE_LABEL] for container in containers),
    )


def _memory(container: Any) -> int:
    """Read the memory that a container uses, without the files that the kernel caches for it."""
    found = container.stats(stream=False, one_shot=True).get("memory_stats", {})
    return int(found.get("usage", 0)) - int(found.get("stats", {}).get("inactive_file", 0))
