"""What a person types to start or look at the stack: it depends on how the stack is run."""

from typing import Literal

from app.settings import get_settings

What = Literal["start", "register", "status", "logs"]
LOCAL: dict[What, str] = {"start": "make up", "register": "make up", "status": "make status", "logs": "make logs"}
COMPOSE: dict[What, str] = {
    "start": "docker compose up -d",
    "register": "docker compose run --rm deployments",
    "status": "docker compose ps --all",
    "logs": "docker compose logs",
}


def command(what: What, service: str = "") -> str:
    """Write a command as Markdown; Dagster's services need their profile in Compose."""
    if not get_settings().docker_proxy_url:
        return f"`{LOCAL[what]}`"
    words = COMPOSE[what]
    if "dagster" in service.lower():
        words = words.replace("docker compose", "docker compose --profile dagster")
    return f"`{words}`"
