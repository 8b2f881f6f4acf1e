"""Stop the worker's flow runs before the rest of the local stack."""

from collections.abc import Callable
from contextlib import suppress

import psutil

from app.engine.errors import ServiceRefused
from app.engine.stack.local.environment import stack_id
from app.engine.stack.local.supervisor import StackControl
from app.engine.stack.programs.prefect_worker import end_what_is_left
from app.engine.stack.repair.flow_run_processes import flow_run_processes
from app.settings import Settings

FLOW_RUN_SECONDS = 5.0
"""A flow run that is told to end says so to Prefect."""


def stop_flow_runs(settings: Settings, control: StackControl, say: Callable[[str], None]) -> None:
    """Stop the worker while Prefect and MLflow are there to be told how its runs have ended."""
    if control.programs()["worker"].is_up:
        with suppress(ServiceRefused):  # it has just ended by itself
            control.stop("worker")
        psutil.wait_procs(flow_run_processes(stack_id(settings)), timeout=FLOW_RUN_SECONDS)
        end_what_is_left(settings, say)
