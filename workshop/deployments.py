"""Tell Prefect of a deployment: which flow runs where. The stack does so for every step, part 6 for a learner."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
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
    moment: an edit is in the next run, on whichever machine the worker is.

    Args:
        client: of the Prefect server.
        flow: the flow, loaded.
        entrypoint: `workshop/…/flow.py:function`, relative to the workspace.
        name: of the deployment; in full it is `<flow>/<name>`.
        work_pool: the pool whose worker runs it.
        labels: tags of the deployment; runs that its schedule starts have them, too.
        schedules: when it runs by itself; None keeps the schedules that it has.
        working_dir: the workspace, where it is not the pool's own.
    """
    return client.create_deployment(
        flow_id=client.create_flow_from_name(flow.name),
        name=name,
        description=flow.description,
        entrypoint=entrypoint,
        path=".",
        work_pool_name=work_pool,
        parameter_openapi_schema=parameter_schema(flow.fn).model_dump_for_openapi(),
        enforce_parameter_schema=True,
        tags=labels_to_tags(labels),
        schedules=_schedules(client, f"{flow.name}/{name}", schedules),
        job_variables={"working_dir": working_dir} if working_dir else {},
    )


def _schedules(
    client: SyncPrefectClient, full_name: str, given: Sequence[Schedule] | None
) -> list[DeploymentScheduleCreate]:
    """Prefect drops every schedule that an update does not repeat, so repeat those that are to stay."""
    if given is not None:
        return [DeploymentScheduleCreate.from_schedule(schedule) for schedule in given]
    try:
        existing = client.read_deployment_by_name(full_name).schedules
    except ObjectNotFound:
        return []
    return [
        DeploymentScheduleCreate(
            schedule=kept.schedule, active=kept.active, parameters=kept.parameters or {}, slug=kept.slug
        )
        for kept in existing
    ]
