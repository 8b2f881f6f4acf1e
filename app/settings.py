"""Every environment variable of the stack: its default and its meaning. `.env.example` documents the same.

Each service of `app/engine/stack/services/` has a port and two URLs here: MLFLOW_PORT, MLFLOW_INTERNAL_URL (for the
stack's own calls) and MLFLOW_PUBLIC_URL (for a browser).
"""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.engine.stack.services import SERVICES

ROOT = Path(__file__).resolve().parents[1]
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104


def _fields_of_services() -> dict[str, Any]:
    """Make the fields for the port and the URLs of every service that has a web server."""
    fields: dict[str, Any] = {}
    for service in SERVICES:
        if service.has_page:
            url = Field("", description=service.url_meaning)
            fields[f"{service.id}_port"] = (int, Field(service.port, description=service.port_meaning))
            fields[f"{service.id}_internal_url"] = fields[f"{service.id}_public_url"] = (str, url)
    return fields


if TYPE_CHECKING:

    class SettingsOfServices(BaseSettings):
        """What the type checker knows of the fields that are made below."""

        def __getattr__(self, name: str) -> Any: ...

else:
    SettingsOfServices = create_model("SettingsOfServices", __base__=BaseSettings, **_fields_of_services())


class Settings(SettingsOfServices):
    """Read from the environment, else from `.env` beside the README, else the defaults."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", env_ignore_empty=True, extra="ignore", frozen=True)

    bind_address: str = Field("127.0.0.1", description="Address that every service listens on.")
    data_dir: Path = Field(ROOT / "data", description="Folder for the data sets and for what the services store.")
    workspace: Path = Field(ROOT, description="Folder that contains the `workshop/` whose code runs.")
    docker_proxy_url: str = Field("", description="Where the panel asks Docker for the stack; Compose sets it.")
    work_pool: str = Field("workshop", description="Prefect work pool whose worker runs the flows.")

    @property
    def local_host(self) -> str:
        """Name or address under which this machine reaches a service that listens on `bind_address`."""
        return "127.0.0.1" if self.bind_address in ANY_ADDRESS else self.bind_address

    @property
    def local_url_host(self) -> str:
        """The same as a URL writes it: an IPv6 address in brackets."""
        return f"[{self.local_host}]" if ":" in self.local_host else self.local_host

    def port(self, service: str) -> int:
        """Port on which a service listens."""
        return int(getattr(self, f"{service}_port"))

    def internal_url(self, service: str) -> str:
        """URL for the stack's own calls, without a slash at the end.

        `service` is an id, such as `mlflow`.
        """
        given = str(getattr(self, f"{service}_internal_url"))
        return given.rstrip("/") or f"http://{self.local_url_host}:{self.port(service)}"

    def public_url(self, service: str) -> str:
        """URL for a person's browser, without a slash at the end."""
        given = str(getattr(self, f"{service}_public_url"))
        return given.rstrip("/") or self.internal_url(service)

    @property
    def prefect_api_url(self) -> str:
        """Prefect's API, as the panel reaches it."""
        return f"{self.internal_url('prefect')}/api"


@lru_cache
def get_settings() -> Settings:
    """Read the settings once per process."""
    return Settings()
