"""The services of the stack, as data: what each one is, how its health is asked, which programs are it.

Only the standard library and nothing of the workshop: the health checks of the containers import it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.engine.stack import probes

if TYPE_CHECKING:
    from workshop.facts import OrchestratorName

Probe = Callable[[probes.Call], str]


@dataclass(frozen=True)
class Service:
    """One service, as a person thinks of it."""

    id: str
    title: str
    purpose: str
    probe: Probe
    programs: tuple[str, ...]
    """Its programs in compose/local/supervisord.conf: first whose log tells most, last the one with the port."""
    containers: tuple[str, ...]
    """Its services in docker-compose.yml."""
    url_name: str
    """The settings that hold its URLs: `mlflow` stands for mlflow_internal_url and mlflow_public_url."""
    carries: tuple[OrchestratorName, ...] = ()
    """Whose runs fail or wait when it is restarted."""
    asked_through: str = ""
    """The id of the service that tells of it, where it answers nobody itself."""
    has_page: bool = True
    """Whether it has a user interface, and so a port, of its own."""


SERVICES = (
    Service(
        "mlflow",
        "MLflow",
        "Records runs, metrics and artifacts, and keeps the model registry.",
        probes.probe_mlflow,
        ("mlflow",),
        ("mlflow",),
        "mlflow",
        carries=("prefect", "dagster"),
    ),
    Service(
        "prefect",
        "Prefect",
        "Knows the flows' deployments, schedules and runs.",
        probes.probe_prefect,
        ("prefect",),
        ("prefect-server",),
        "prefect",
        carries=("prefect",),
    ),
    Service(
        "worker",
        "Prefect worker",
        "Polls Prefect's work pool and runs the flows.",
        probes.probe_worker,
        ("worker",),
        ("prefect-worker",),
        "prefect",
        carries=("prefect",),
        asked_through="prefect",
        has_page=False,
    ),
    Service(
        "dagster",
        "Dagster",
        "Knows the assets and jobs of the code location, and runs them.",
        probes.probe_dagster,
        ("dagster-code", "dagster-webserver"),
        ("dagster-code", "dagster-webserver"),
        "dagster",
        carries=("dagster",),
    ),
    Service(
        "daemon",
        "Dagster daemon",
        "Runs Dagster's schedules and sensors.",
        probes.probe_daemon,
        ("dagster-daemon",),
        ("dagster-daemon",),
        "dagster",
        asked_through="dagster",
        has_page=False,
    ),
    Service(
        "unreliable_api",
        "Unreliable API",
        "Tells exchange rates to part 2 of the Prefect workshop, and fails on purpose.",
        probes.probe_unreliable_api,
        ("unreliable-api",),
        ("unreliable-api",),
        "unreliable_api",
        carries=("prefect",),
    ),
    Service(
        "panel",
        "Panel",
        "These pages.",
        probes.probe_panel,
        ("panel",),
        ("panel",),
        "panel",
    ),
)
