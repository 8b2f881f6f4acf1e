"""`dagster code-server start`, and repair its runs: `python -m app.engine.stack.programs.dagster_code …`.

A run whose process was killed stays STARTED in Dagster, and when somebody ends it there, CANCELING. The code server
sees the processes of its runs in both stacks. In Compose the webserver and the daemon are in containers of their own.
"""

import sys
from collections.abc import Mapping
from itertools import pairwise

from dagster import DagsterInstance

from app.engine.orchestrators.transport import Transport
from app.engine.stack.programs.dagster_home import open_stores
from app.engine.stack.programs.run_as import run_as
from app.engine.stack.repair.dagster import DagsterRuns, server_of
from app.engine.stack.repair.mlflow import end_open_runs
from app.engine.stack.repair.rounds import Repair, start_rounds
from app.settings import Settings, get_settings
from workshop.naming import DAGSTER_RUN_TAG


def repairs(settings: Settings, options: Mapping[str, str]) -> dict[str, Repair]:
    """Name what a code server ends again and again.

    Args:
        settings: the stack's.
        options: of `dagster code-server start`, which tell where it listens.
    """
    runs = DagsterRuns(DagsterInstance.get(), server_of(options))
    mlflow = Transport("MLflow", settings.internal_url("mlflow"))
    return {
        "Dagster runs": runs.end_lost,
        "MLflow runs": lambda: end_open_runs(mlflow, DAGSTER_RUN_TAG, runs.endings),
    }


def main() -> None:
    """Look after the runs in a thread, and serve the workshop's Dagster code."""
    settings = get_settings()
    open_stores()
    start_rounds(repairs(settings, dict(pairwise(sys.argv))))
    run_as("dagster", ["code-server", "start", *sys.argv[1:]], settings.workspace)


if __name__ == "__main__":
    main()
