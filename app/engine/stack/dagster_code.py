"""`dagster code-server start`, with an eye on its runs: `python -m app.engine.stack.dagster_code …`, its own options.

A run whose process was killed stays STARTED in Dagster, and when somebody ends it there, CANCELING. The code server
sees the processes of its runs in both stacks. In Compose the webserver and the daemon are in containers of their own.
"""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.stack.programs import run_as
from app.engine.stack.repair.mlflow import end_open_runs
from app.engine.stack.repair.rounds import start_rounds
from app.engine.transport import Transport
from app.settings import Settings, get_settings
from workshop.naming import DAGSTER_RUN_TAG

if TYPE_CHECKING:
    from app.engine.stack.repair.dagster import DagsterRuns

RUNS_FILE = Path("history") / "runs.db"
"""Where Dagster keeps its runs, below DAGSTER_HOME."""
NEW_STORE_SECONDS = 60.0


class CodeServerRepairs:
    """What a code server looks after, with Dagster imported at the first look: its own start does not wait for that.

    Args:
        settings: the stack's.
        options: of `dagster code-server start`, which tell where it listens.
    """

    def __init__(self, settings: Settings, options: Mapping[str, str]) -> None:
        self._options = options
        is_new = not (Path(os.environ["DAGSTER_HOME"]) / RUNS_FILE).exists()
        self._begin = time.monotonic() + (NEW_STORE_SECONDS if is_new else 0.0)
        self._mlflow = Transport("MLflow", settings.internal_url("mlflow"))

    @cached_property
    def _runs(self) -> "DagsterRuns":
        from dagster import DagsterInstance

        from app.engine.stack.repair.dagster import DagsterRuns, server_of

        return DagsterRuns(DagsterInstance.get(), server_of(self._options))

    def _is_time(self) -> bool:
        """Whether there can be something to end: a store that its first users are creating must not be disturbed."""
        return time.monotonic() >= self._begin

    def end_lost_runs(self) -> Iterator[str]:
        """End the Dagster runs that have no process."""
        if self._is_time():
            yield from self._runs.end_lost()

    def end_open_mlflow_runs(self) -> Iterator[str]:
        """End the MLflow runs that a Dagster run has left open."""
        if self._is_time():
            yield from end_open_runs(self._mlflow, DAGSTER_RUN_TAG, self._runs.endings)


def main() -> None:
    """Look after the runs in a thread, and serve the workshop's Dagster code."""
    settings = get_settings()
    repairs = CodeServerRepairs(settings, dict(pairwise(sys.argv)))
    start_rounds({"Dagster runs": repairs.end_lost_runs, "MLflow runs": repairs.end_open_mlflow_runs})
    run_as("dagster", ["code-server", "start", *sys.argv[1:]], settings.workspace)


if __name__ == "__main__":
    main()
