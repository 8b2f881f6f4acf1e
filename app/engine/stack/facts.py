"""What is known of a service: whether it answers, and what it said."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

HealthState = Literal["up", "slow", "starting", "down", "unknown"]
"""`slow`: it accepted the probe's question and did not answer in time; `starting`: its process is new, and silent;
`unknown`: it is asked through another service, which does not answer."""


@dataclass(frozen=True)
class ServiceHealth:
    """What a probe of one service answered."""

    service: str
    """`mlflow`, `prefect`, `worker`, `dagster`, `daemon`, `unreliable_api` or `panel`."""
    title: str
    state: HealthState
    message: str
    """The probe's answer in words; for a service that is down, how to start it."""
    public_url: str = ""
    checked: datetime | None = None
    needs_repair: bool = False
    """Neither waiting nor starting it again will help: code or settings must be corrected."""

    @property
    def is_healthy(self) -> bool:
        """Whether it answered in time, as a service that works."""
        return self.state == "up"
