"""End a run in Dagster, which refuses or misses some requests to do so."""

import time

from app.engine.errors import ServiceRefused
from app.engine.orchestrators.dagster import queries
from app.engine.orchestrators.dagster.api import DagsterApi, expect
from app.engine.orchestrators.dagster.facts import run_from

STARTING_SECONDS = 60.0
"""A busy machine takes this long to bring a run to its first step at the most."""
ENDING_SECONDS = 30.0
"""A run that is asked to end may be within a long step. Marked as cancelled it would go on unseen."""
ASK_SECONDS = 0.5


def terminate(api: DagsterApi, run_id: str) -> None:
    """Ask for a run to be terminated, once its first step has begun. Takes up to a minute and a half.

    Dagster refuses while a run is starting, and one that has only just started misses it. A run whose process is
    gone (the code server was restarted) cannot be terminated. It is marked as cancelled, and so is one that has not
    ended in time.
    """
    deadline = time.monotonic() + STARTING_SECONDS
    while not _can_be_interrupted(api, run_id) and time.monotonic() < deadline:
        time.sleep(ASK_SECONDS)
    _ask_to_end(api, run_id)
    if not _ends(api, run_id):
        _ask_to_end(api, run_id)


def _can_be_interrupted(api: DagsterApi, run_id: str) -> bool:
    """Say whether a run is over, or has begun its first step."""
    stored = api.run(run_id)
    return run_from(stored).phase.is_final or any(step["startTime"] for step in stored["stepStats"])


def _ends(api: DagsterApi, run_id: str) -> bool:
    """Wait for a short while for a run to be over."""
    deadline = time.monotonic() + ENDING_SECONDS
    while not run_from(api.run(run_id)).phase.is_final:
        if time.monotonic() > deadline:
            return False
        time.sleep(ASK_SECONDS)
    return True


def _ask_to_end(api: DagsterApi, run_id: str) -> None:
    try:
        answer = api.ask(queries.TERMINATE, "terminateRun", {"runId": run_id, "policy": "SAFE_TERMINATE"})
    except ServiceRefused:  # the code server, whose process the run was, does not answer
        answer = {"__typename": "TerminateRunFailure"}
    if answer["__typename"] == "TerminateRunFailure":
        if run_from(api.run(run_id)).phase.is_final:  # it ended by itself meanwhile
            return
        mark = {"runId": run_id, "policy": "MARK_AS_CANCELED_IMMEDIATELY"}
        answer = api.ask(queries.TERMINATE, "terminateRun", mark)
    expect(answer, "TerminateRunSuccess")
