"""Register the workshop with Prefect: its work pool, and one deployment for each flow that a step's button runs.

Run as a program (`python -m app.engine.deployments`, in the workspace): it imports workshop code, the panel never does.
Registering again changes nothing but what has changed; schedules that somebody made stay.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound
from prefect.flows import load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema

from app.engine.errors import CodeDoesNotLoad, WorkshopError
from app.engine.steps import Action, Step, discover
from app.engine.work_pool import register_pool
from app.settings import Settings, get_settings
from workshop.naming import STEP_TAG, labels_to_tags


def register_action(client: SyncPrefectClient, settings: Settings, step: Step, action: Action) -> None:
    """Create or update the deployment of one Prefect action, with its parameters' schema and no pull steps.

    Raises:
        CodeDoesNotLoad: the flow's file could not be imported.
    """
    try:
        flow = cast(Flow[..., Any], load_flow_from_entrypoint(action.entrypoint))
    except Exception as error:
        problem = f"{action.entrypoint} does not load: {type(error).__name__}: {error}"
        raise CodeDoesNotLoad(problem) from error
    wanted: dict[str, Any] = {
        "description": flow.description,
        "entrypoint": action.entrypoint,
        "path": ".",
        "work_pool_name": settings.work_pool,
        "parameter_openapi_schema": parameter_schema(flow.fn).model_dump_for_openapi(),
        "enforce_parameter_schema": True,
        "tags": labels_to_tags({STEP_TAG: step.id}),
    }
    try:
        found = client.read_deployment_by_name(action.target)
    except ObjectNotFound:
        flow_id = client.create_flow_from_name(flow.name)
        client.create_deployment(flow_id=flow_id, name=action.target.partition("/")[2], **wanted)
        return
    _update(client, found, wanted)


def _update(client: SyncPrefectClient, found: DeploymentResponse, wanted: dict[str, Any]) -> None:
    """Change what has changed, if anything: creating a deployment anew would delete its schedules and their runs."""
    if all(getattr(found, name) == value for name, value in wanted.items()):
        return
    changes = dict(wanted)
    if found.schedules and all(schedule.slug for schedule in found.schedules):
        changes["schedules"] = []  # if all have slugs, Prefect 3.8 keeps them at [] and fails without it
    client.update_deployment(found.id, DeploymentUpdate(**changes))


def register_steps(client: SyncPrefectClient, settings: Settings, steps: Iterable[Step]) -> tuple[list[str], list[str]]:
    """Register every Prefect action; one that does not load keeps no other from being registered.

    Returns:
        Names of the deployments, and one sentence for each that could not be registered.
    """
    names, problems = [], []
    actions = {action.target: (step, action) for step in steps for action in step.actions}
    for target, (step, action) in actions.items():
        if action.orchestrator != "prefect":
            continue
        try:
            register_action(client, settings, step, action)
            names.append(target)
        except WorkshopError as error:
            problems.append(str(error))
    return names, problems


def main() -> int:
    """Register everything and print one line a deployment; the exit code is 1 when some code does not load."""
    settings = get_settings()
    sys.path.insert(0, str(Path.cwd()))
    register_pool(settings)
    with get_client(sync_client=True) as client:
        names, problems = register_steps(client, settings, discover(settings.workspace))
    print("\n".join(names))
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except WorkshopError as error:
        sys.exit(str(error))
