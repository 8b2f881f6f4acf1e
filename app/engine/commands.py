"""Write the commands that start the stack or show its state, local or in Compose."""

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
    """Write a command as Markdown. In Compose, Dagster's services need their profile."""
    if not get_settings().docker_proxy_url:
        return f"`{LOCAL[what]}`"
    words = COMPOSE[what]
    if "dagster" in service.lower():
        words = words.replace("docker compose", "docker compose --profile dagster")
    return f"`{words}`"
