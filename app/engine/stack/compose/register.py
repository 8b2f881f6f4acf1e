"""What Compose's `deployments` does once Prefect is healthy: the work pool, and a deployment for each flow.

A flow or a step that does not load is said and stops nothing: the panel is where its learner repairs it.
"""

import sys

from prefect.client.orchestration import get_client

from app.engine.curriculum.steps import discover
from app.engine.errors import ContentError, WorkshopError
from app.engine.orchestrators.prefect.work_pool import register_pool
from app.engine.stack.programs.deployments import register_steps
from app.settings import Settings, get_settings


def register(settings: Settings) -> None:
    """Create the work pool and register what can be registered.

    Raises:
        WorkshopError: Prefect does not answer.
    """
    register_pool(settings)
    try:
        with get_client(sync_client=True) as client:
            names, problems = register_steps(client, settings, discover(settings.workspace))
    except ContentError as error:
        names, problems = [], [str(error)]
    print("\n".join([*(f"Registered {name}" for name in names), *problems]))


if __name__ == "__main__":
    try:
        register(get_settings())
    except WorkshopError as error:
        sys.exit(str(error))
