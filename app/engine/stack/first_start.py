"""What Compose's `init` does before the others start: data sets, work pool, deployments.

A flow or a step that does not load is said and stops nothing: the panel is where its learner repairs it.
"""

import sys

from prefect.client.orchestration import get_client

from app.engine.deployments import register_steps
from app.engine.errors import ContentError, WorkshopError
from app.engine.stack.data_sets import prepare_data
from app.engine.steps import discover
from app.engine.work_pool import register_pool
from app.settings import Settings, get_settings


def prepare(settings: Settings) -> None:
    """Write the data sets, create the work pool and register what can be registered.

    Raises:
        WorkshopError: a data set could not be written, or Prefect does not answer.
    """
    for written in prepare_data(settings):
        print(f"Wrote {written}")
    # the mount point of a volume: what Docker creates would be root's
    (settings.data_dir / "predictions").mkdir(exist_ok=True)
    register_pool(settings)
    try:
        with get_client(sync_client=True) as client:
            names, problems = register_steps(client, settings, discover(settings.workspace))
    except ContentError as error:
        names, problems = [], [str(error)]
    print("\n".join([*(f"Registered {name}" for name in names), *problems]))


if __name__ == "__main__":
    try:
        prepare(get_settings())
    except (WorkshopError, OSError) as error:
        sys.exit(str(error))
