"""Register the workshop with Prefect: its work pool, and one deployment for each flow that a step's button runs.

Run as a program (`python -m app.engine.stack.programs.deployments`, in the workspace): it imports workshop code,
which the panel never does.
Registering again changes nothing but what has changed; schedules that somebody made stay.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.flows import load_flow_from_entrypoint

from app.engine.curriculum.steps import Action, Step, discover
from app.engine.errors import CodeDoesNotLoad, WorkshopError
from app.engine.orchestrators.prefect.tool import PREFECT
from app.engine.orchestrators.prefect.work_pool import register_pool
from app.settings import Settings, get_settings
from workshop.deployments import create_deployment
from workshop.naming import STEP_TAG


def register_action(client: SyncPrefectClient, settings: Settings, step: Step, action: Action) -> None:
    """Create or update the deployment of one Prefect action, with its parameters' schema and no pull steps.

    Raises:
        CodeDoesNotLoad: the flow's file could not be imported.
    """
    try:
        flow = cast(Flow[..., Any], load_flow_from_entrypoint(action.entrypoint))
    except Exception as error:
        kind = type(error).__name__
        raise CodeDoesNotLoad(
            "{entrypoint} does not load: {kind}: {reason}", entrypoint=action.entrypoint, kind=kind, reason=error
        ) from error
    create_deployment(
        client,
        flow,
        entrypoint=action.entrypoint,
        name=action.target.partition("/")[2],
        work_pool=settings.work_pool,
        labels={STEP_TAG: step.id},
    )


def register_steps(client: SyncPrefectClient, settings: Settings, steps: Iterable[Step]) -> tuple[list[str], list[str]]:
    """Register every Prefect action.

    If one does not load, the others are registered all the same.

    Returns:
        Names of the deployments, and one sentence for each that could not be registered.
    """
    steps = list(steps)
    names, problems = [], [step.problem for step in steps if step.problem]
    actions = {action.target: (step, action) for step in steps for action in step.actions}
    for target, (step, action) in actions.items():
        if action.orchestrator != PREFECT.name:
            continue
        try:
            register_action(client, settings, step, action)
            names.append(target)
        except WorkshopError as error:
            problems.append(str(error))
    return names, problems


def main() -> int:
    """Register everything and print one line a deployment.

    The exit code is 1 when some code does not load.
    """
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
