"""Prefect's schedules: say them in words, pause, resume and change one, and say why a run is late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cron_descriptor import Options, get_description
from cronsim import CronSim, CronSimError

from app.engine.addresses import deployment_path, in_path
from app.engine.errors import InvalidParameters, ServiceRefused
from app.engine.orchestrators.contract import ApiRequest
from app.engine.orchestrators.transport import Transport
from workshop.facts import Schedule

LATE_STATES = ["Late", "AwaitingConcurrencySlot"]
"""The second is a run that the deployment's own limit has turned away: Prefect never calls it Late."""
UNDER_WAY = {"type": {"any_": ["RUNNING", "PENDING"]}}
Rule = Mapping[str, Any]
"""A schedule as Prefect's API takes it."""


def interval_rule(minutes: float) -> Rule:
    """Write a schedule that starts a run every so many minutes."""
    return {"interval": timedelta(minutes=minutes).total_seconds()}


def cron_rule(expression: str) -> Rule:
    """Write a schedule from a cron expression; times are UTC.

    Raises:
        InvalidParameters: this is not a cron expression; the sentence has the reason.
    """
    cron_in_words(expression)
    return {"cron": expression.strip(), "timezone": "UTC"}


def cron_in_words(expression: str) -> str:
    """Say when a cron expression starts runs: `Every 2 minutes`.

    Raises:
        InvalidParameters: this is not a cron expression; the sentence has the reason.
    """
    try:
        CronSim(expression, datetime.now(UTC))
    except CronSimError as error:
        reason = str(error).lower()
        problem = f"`{expression}` is not a cron expression: {reason}. Every two minutes is `*/2 * * * *`."
        raise InvalidParameters({"cron": problem}) from error
    options = Options()
    options.use_24hour_time_format = True
    options.locale_code = "en_US"
    return str(get_description(expression, options))


def in_words(schedule: Schedule) -> str:
    """Say when a schedule starts runs."""
    if schedule.words.startswith("every "):
        seconds = float(schedule.words.removeprefix("every ").removesuffix(" s"))
        return f"every {seconds / 60:g} min" if seconds >= 60 else schedule.words
    try:
        return f"{schedule.words} ({cron_in_words(schedule.words).lower()}, UTC)"
    except InvalidParameters:
        return schedule.words


@dataclass(frozen=True)
class Slots:
    """How many runs a work pool or a deployment lets run at once."""

    at_most: int | None
    """None is no limit."""
    taken: int

    @property
    def are_all_taken(self) -> bool:
        """Whether one more run has to wait."""
        return self.at_most is not None and self.taken >= self.at_most


@dataclass(frozen=True)
class Lateness:
    """Runs of a deployment that should have begun."""

    runs: int
    pool: Slots
    deployment: Slots

    @property
    def full(self) -> str:
        """Say which limit makes them wait; empty when none does."""
        if self.pool.are_all_taken:
            return f"The work pool runs at most {self.pool.at_most} at once: the others wait for their turn."
        if self.deployment.are_all_taken:
            return f"The deployment runs at most {self.deployment.at_most} at once: the others wait for their turn."
        return ""

    def cause(self, no_worker: str) -> str:
        """Say why they have not begun; `no_worker` is what is known of a missing worker."""
        return no_worker or self.full or "The worker has not taken them yet: it starts one process after the other."


class ScheduleControl:
    """Pause, resume and change the schedules of Prefect's deployments.

    Args:
        internal_url: where the panel reaches Prefect, without `/api`.
        public_url: where a browser opens it.
        work_pool: the pool whose worker runs the deployments.
    """

    def __init__(self, internal_url: str, public_url: str, work_pool: str) -> None:
        self._http = Transport("Prefect", internal_url, public_url)
        self._public_url = public_url
        self._work_pool = work_pool

    def set_active(self, schedule: Schedule, active: bool) -> None:
        """Pause or resume; Prefect deletes or plans the runs to come at once."""
        deployment = self._deployment(schedule.target)
        if active and deployment["paused"]:
            self._patch(f"/api/deployments/{in_path(deployment['id'])}", {"paused": False})
        self._patch(_schedule_path(deployment, schedule), {"active": active})

    def change(self, schedule: Schedule, rule: Rule) -> None:
        """Give a schedule other times.

        Raises:
            InvalidParameters: Prefect does not take it; the sentence has its reason.
        """
        deployment = self._deployment(schedule.target)
        try:
            self._patch(_schedule_path(deployment, schedule), {"schedule": rule})
        except ServiceRefused as error:
            raise InvalidParameters({"schedule": str(error)}) from error

    def lateness(self, target: str) -> Lateness:
        """Count the runs of a deployment that are late, and read what could hold them back."""
        deployment = self._deployment(target)
        pool = self._http.get(f"/api/work_pools/{in_path(self._work_pool)}")
        of_deployment = {"deployments": {"id": {"any_": [deployment["id"]]}}}
        of_pool = {"work_pools": {"name": {"any_": [self._work_pool]}}}
        limit = deployment.get("global_concurrency_limit") or {}
        return Lateness(
            self._count(of_deployment, {"name": {"any_": LATE_STATES}}),
            Slots(pool["concurrency_limit"], self._count(of_pool, UNDER_WAY)),
            Slots(limit.get("limit"), self._count(of_deployment, UNDER_WAY)),
        )

    def _count(self, whose: Mapping[str, Any], state: Mapping[str, Any]) -> int:
        return int(self._http.post("/api/flow_runs/count", {**whose, "flow_runs": {"state": state}}))

    def _deployment(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._http.get(deployment_path(name))
        return found

    def _patch(self, path: str, body: Mapping[str, Any]) -> None:
        self._http.send(ApiRequest("PATCH", self._http.base_url, self._public_url, path, body))


def _schedule_path(deployment: Mapping[str, Any], schedule: Schedule) -> str:
    return f"/api/deployments/{in_path(deployment['id'])}/schedules/{in_path(schedule.id)}"
