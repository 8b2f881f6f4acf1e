"""Every environment variable of the stack: its default and one line of meaning. `.env.example` documents the same."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104


class Settings(BaseSettings):
    """Read from the environment, else from `.env` beside the README, else the defaults."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", env_ignore_empty=True, extra="ignore", frozen=True)

    bind_address: str = Field("127.0.0.1", description="Address that every service listens on.")
    panel_port: int = Field(8501, description="Port of the panel.")
    mlflow_port: int = Field(5000, description="Port of the MLflow server.")
    prefect_port: int = Field(4200, description="Port of the Prefect server.")
    dagster_port: int = Field(3000, description="Port of the Dagster webserver.")
    unreliable_api_port: int = Field(8502, description="Port of the exchange-rate service that fails on purpose.")

    mlflow_internal_url: str = Field("", description="URL at which the panel and the workers reach MLflow.")
    mlflow_public_url: str = Field("", description="URL at which a browser opens MLflow.")
    prefect_internal_url: str = Field("", description="URL at which the panel and the workers reach Prefect.")
    prefect_public_url: str = Field("", description="URL at which a browser opens Prefect.")
    dagster_internal_url: str = Field("", description="URL at which the panel reaches Dagster.")
    dagster_public_url: str = Field("", description="URL at which a browser opens Dagster.")
    unreliable_api_internal_url: str = Field("", description="URL at which the flows reach the unreliable API.")
    unreliable_api_public_url: str = Field("", description="URL at which a browser opens the unreliable API.")
    panel_internal_url: str = Field("", description="URL at which the stack reaches the panel, for its health check.")
    panel_public_url: str = Field("", description="URL at which a browser opens the panel.")

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

    def internal_url(self, service: str) -> str:
        """URL for the stack's own calls, without a final slash; `service` is mlflow, dagster and so on."""
        given: str = getattr(self, f"{service}_internal_url")
        return given.rstrip("/") or f"http://{self.local_url_host}:{getattr(self, f'{service}_port')}"

    def public_url(self, service: str) -> str:
        """URL for a person's browser, without a slash at the end."""
        given: str = getattr(self, f"{service}_public_url")
        return given.rstrip("/") or self.internal_url(service)

    @property
    def prefect_api_url(self) -> str:
        """Prefect's API, as the panel reaches it."""
        return f"{self.internal_url('prefect')}/api"


@lru_cache
def get_settings() -> Settings:
    """Read the settings once per process."""
    return Settings()
