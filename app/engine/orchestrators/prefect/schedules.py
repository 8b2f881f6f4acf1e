"""Prefect's schedules: list them, pause, resume and change one, and say why a run is late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.engine.addresses import deployment_path, in_path
from app.engine.errors import InvalidParameters, NotFound, ServiceRefused
from app.engine.orchestrators.contract import ApiRequest, Every, Rule
from app.engine.orchestrators.prefect.deployment_names import DeploymentNames
from app.engine.orchestrators.prefect.facts import schedules_from
from app.engine.orchestrators.transport import Transport
from workshop.facts import Schedule
from workshop.naming import labels_to_tags

PAGE = 200
LATE_STATES = ["Late", "AwaitingConcurrencySlot"]
"""The second is a run that the deployment's own limit has turned away: Prefect never calls it Late."""
UNDER_WAY = {"type": {"any_": ["RUNNING", "PENDING"]}}
Body = Mapping[str, Any]


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
class PrefectLateness:
    """Runs of a deployment that should have begun."""

    runs: int
    pool: Slots
    deployment: Slots

    @property
    def full(self) -> str:
        """Say which limit makes them wait, or an empty text when none does."""
        if self.pool.are_all_taken:
            return f"The work pool runs at most {self.pool.at_most} at once: the others wait for their turn."
        if self.deployment.are_all_taken:
            return f"The deployment runs at most {self.deployment.at_most} at once: the others wait for their turn."
        return ""

    def cause(self, blocked: str) -> str:
        """Say why they have not begun. `blocked` is what is known of a missing worker."""
        return blocked or self.full or "The worker has not taken them yet: it starts one process after the other."


class PrefectScheduler:
    """List, pause, resume and change the schedules of Prefect's deployments.

    Args:
        internal_url: where the panel reaches Prefect, without `/api`.
        public_url: where a browser opens it.
        work_pool: the pool whose worker runs the deployments.
    """

    def __init__(self, internal_url: str, public_url: str, work_pool: str) -> None:
        self._http = Transport("Prefect", internal_url, public_url)
        self._public_url = public_url
        self._work_pool = work_pool
        self._names = DeploymentNames(self._http)

    def schedules(self, tags: Mapping[str, str]) -> list[Schedule]:
        """List the schedules of the deployments that carry all these tags, each with its next times."""
        query = {"deployments": {"tags": {"all_": labels_to_tags(dict(tags))}}}
        deployments = self._http.post("/api/deployments/filter", query)
        return [schedule for deployment in deployments for schedule in self._schedules_of(deployment)]

    def heartbeat(self) -> datetime | None:
        """Read when a worker of the pool last gave a sign of life, or None before the first."""
        try:
            return max(read_heartbeats(self._http, self._work_pool), default=None)
        except NotFound:
            return None

    def set_active(self, schedule: Schedule, active: bool) -> None:
        """Pause or resume. Prefect deletes or plans the runs to come at once."""
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
            self._patch(_schedule_path(deployment, schedule), {"schedule": rule_body(rule)})
        except ServiceRefused as error:
            raise InvalidParameters({"schedule": str(error)}) from error

    def lateness(self, target: str) -> PrefectLateness:
        """Count the runs of a deployment that are late, and read what could hold them back."""
        deployment = self._deployment(target)
        pool = self._http.get(f"/api/work_pools/{in_path(self._work_pool)}")
        of_deployment = {"deployments": {"id": {"any_": [deployment["id"]]}}}
        of_pool = {"work_pools": {"name": {"any_": [self._work_pool]}}}
        limit = deployment.get("global_concurrency_limit") or {}
        return PrefectLateness(
            self._count(of_deployment, {"name": {"any_": LATE_STATES}}),
            Slots(pool["concurrency_limit"], self._count(of_pool, UNDER_WAY)),
            Slots(limit.get("limit"), self._count(of_deployment, UNDER_WAY)),
        )

    def _schedules_of(self, deployment: Body) -> list[Schedule]:
        query = {
            "deployments": {"id": {"any_": [deployment["id"]]}},
            "flow_runs": {
                "state": {"type": {"any_": ["SCHEDULED"]}},
                "expected_start_time": {"after_": datetime.now(UTC).isoformat()},
            },
            "sort": "EXPECTED_START_TIME_ASC",
            "limit": PAGE,
        }
        upcoming = self._http.post("/api/flow_runs/filter", query)
        return schedules_from(deployment, self._names.of(deployment["id"]), upcoming)

    def _count(self, whose: Mapping[str, Any], state: Mapping[str, Any]) -> int:
        return int(self._http.post("/api/flow_runs/count", {**whose, "flow_runs": {"state": state}}))

    def _deployment(self, name: str) -> Body:
        deployment: Body = self._http.get(deployment_path(name))
        return deployment

    def _patch(self, path: str, body: Mapping[str, Any]) -> None:
        self._http.send(ApiRequest("PATCH", self._http.base_url, self._public_url, path, body))


def _schedule_path(deployment: Mapping[str, Any], schedule: Schedule) -> str:
    return f"/api/deployments/{in_path(deployment['id'])}/schedules/{in_path(schedule.id)}"


def rule_body(rule: Rule) -> Body:
    """Write a schedule's times as Prefect's API takes them."""
    if isinstance(rule, Every):
        return {"interval": timedelta(minutes=rule.minutes).total_seconds()}
    return {"cron": rule.expression, "timezone": "UTC"}


def read_heartbeats(http: Transport, work_pool: str) -> list[datetime]:
    """Read the last heartbeat of each worker of a pool.

    Raises:
        NotFound: there is no such pool.
    """
    workers = http.post(f"/api/work_pools/{in_path(work_pool)}/workers/filter", {})
    moments = [worker["last_heartbeat_time"] for worker in workers]
    return [datetime.fromisoformat(moment) for moment in moments if moment]
