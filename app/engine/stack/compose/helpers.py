"""The containers of the Compose stack that belong to no service, as data. Only the standard library is imported."""

from dataclasses import dataclass

from app.engine.stack.probes import Call
from app.engine.stack.service import Probe

DOCKER = "http://localhost:2375"


@dataclass(frozen=True)
class Helper:
    """A container that people do not ask for by itself."""

    name: str
    image: str
    memory: str
    purpose: str
    probe: Probe | None = None
    """How its health is asked. A container that ends has none."""


def probe_proxy(call: Call) -> str:
    """Ask Docker for this project's containers, through the proxy."""
    response = call.http.get(f"{DOCKER}/containers/json")
    response.raise_for_status()
    return f"Docker answers and knows {len(response.json())} containers."


HELPERS = (
    Helper(
        "init",
        "prefect",
        "512m",
        "Hands the volumes over to the owner of `workshop/`, writes the data sets, and ends.",
    ),
    Helper("deployments", "prefect", "512m", "Registers the deployments with Prefect, and ends."),
    Helper(
        "proxy",
        "proxy",
        "64m",
        "Lets the panel see and restart these containers, and nothing else of Docker.",
        probe_proxy,
    ),
)
