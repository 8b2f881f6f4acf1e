"""Tell Prefect of a deployment: which flow runs where. The stack does so for every step, part 6 for a learner."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, DeploymentUpdate
from prefect.client.schemas.objects import DeploymentSchedule
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound
from prefect.schedules import Schedule
from prefect.utilities.callables import parameter_schema

from workshop.naming import labels_to_tags


def create_deployment(
    client: SyncPrefectClient,
    flow: Flow[..., Any],
    *,
    entrypoint: str,
    name: str,
    work_pool: str,
    labels: dict[str, str],
    schedules: Sequence[Schedule] | None = None,
    working_dir: str | None = None,
) -> UUID:
    """Create a deployment, or bring the one of this name up to date.

    It has no pull step and its entrypoint is relative, so a worker runs what lies in its working directory at that
    moment: an edit is in the next run, on any machine where a worker runs.

    Args:
        client: of the Prefect server.
        flow: the flow, loaded.
        entrypoint: `workshop/…/flow.py:function`, relative to the workspace.
        name: of the deployment; in full it is `<flow>/<name>`.
        work_pool: the pool whose worker runs it.
        labels: tags of the deployment; runs that its schedule starts have them, too.
        schedules: when it runs by itself; None keeps the schedules that it has, and so do the same ones again.
        working_dir: the workspace, where it is not the pool's own.
    """
    wanted: dict[str, Any] = {
        "description": flow.description,
        "entrypoint": entrypoint,
        "path": ".",
        "work_pool_name": work_pool,
        "parameter_openapi_schema": parameter_schema(flow.fn).model_dump_for_openapi(),
        "enforce_parameter_schema": True,
        "tags": labels_to_tags(labels),
        "job_variables": {"working_dir": working_dir} if working_dir else {},
    }
    planned = [DeploymentScheduleCreate.from_schedule(schedule) for schedule in schedules or ()]
    try:
        existing = client.read_deployment_by_name(f"{flow.name}/{name}")
    except ObjectNotFound:
        existing = None
    if existing and (schedules is None or _rules(existing.schedules) == _rules(planned)):
        return _update(client, existing, wanted)
    return client.create_deployment(
        flow_id=client.create_flow_from_name(flow.name), name=name, schedules=planned, **wanted
    )


def _rules(schedules: Sequence[DeploymentScheduleCreate | DeploymentSchedule]) -> list[dict[str, Any]]:
    """What schedules say, wherever they begin to count."""
    said = {"schedule", "active", "parameters", "slug"}
    return [schedule.model_dump(include=said, exclude={"schedule": {"anchor_date"}}) for schedule in schedules]


def _update(client: SyncPrefectClient, existing: DeploymentResponse, wanted: dict[str, Any]) -> UUID:
    """Change what has changed, if anything: creating a deployment again would delete its schedules and their runs."""
    if any(getattr(existing, name) != value for name, value in wanted.items()):
        changes = dict(wanted)
        if existing.schedules and all(schedule.slug for schedule in existing.schedules):
            changes["schedules"] = []  # if all have slugs, Prefect 3.8 keeps them at [] and fails without it
        client.update_deployment(existing.id, DeploymentUpdate(**changes))
    return existing.id
