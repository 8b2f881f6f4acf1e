"""Services are killed during runs: what has no process any more is ended with a sentence, what lives finishes well.

One stack of this file's own; the tests run in the order in which they stand here. `make faults` does it at length.
"""

import time

import pytest

from app.engine.stack.repair.prefect import FLOW_RUN_ENDED, WORKER_WAS_STOPPED
from app.engine.stack.repair.rounds import ROUND_SECONDS
from tests.polling import wait_until
from tests.stack.mid_run import MidRun, stack_with_held_runs
from workshop.facts import RunPhase
from workshop.naming import ENDED_BECAUSE_TAG

HONEST_SECONDS = 15
ALL_BUT_THE_WORKER = ("mlflow", "prefect", "dagster-code", "dagster-webserver", "dagster-daemon", "panel")


@pytest.fixture(scope="module")
def mid_run(tmp_path_factory):
    with stack_with_held_runs(tmp_path_factory.mktemp("faults")) as stack:
        yield stack


def tasks_of(mid_run: MidRun) -> dict[str, tuple[str, str]]:
    """The state and its message of each task run of the flow run."""
    task_runs = mid_run.api.post("/api/task_runs/filter", {"flow_runs": {"id": {"any_": [mid_run.flow_run]}}})
    return {task["name"].rpartition("-")[0]: (task["state_name"], task["state"]["message"]) for task in task_runs}


def test_what_lives_is_left_alone_though_every_service_but_the_worker_is_killed(mid_run):
    mid_run.begin()
    mid_run.kill(*ALL_BUT_THE_WORKER)
    mid_run.becomes_healthy()
    time.sleep(2 * ROUND_SECONDS + 5)  # two rounds of the repair, and both runs are still in the middle
    assert len(mid_run.unfinished()) == 5
    mid_run.go_on()
    mid_run.nothing_is_left()
    assert [run.phase for run in mid_run.runs()] == [RunPhase.SUCCEEDED, RunPhase.SUCCEEDED]
    made = [*mid_run.mlflow_runs(mid_run.flow_run), *mid_run.mlflow_runs(mid_run.dagster_run)]
    assert [(run.status, ENDED_BECAUSE_TAG in run.tags) for run in made] == [("FINISHED", False)] * 2


def test_a_killed_worker_is_the_reason_that_its_run_tells_within_seconds(mid_run):
    mid_run.begin()
    mid_run.kill("worker")
    crashed = wait_until(
        lambda: run if (run := mid_run.prefect.run(mid_run.flow_run)).phase.is_final else None,
        HONEST_SECONDS,
        "it ends",
    )
    assert (crashed.state, crashed.message) == ("Crashed", WORKER_WAS_STOPPED)
    wait_until(lambda: len(mid_run.unfinished()) == 2 or None, 60, "only the Dagster run and its MLflow run go on")
    assert tasks_of(mid_run)["log_and_register"] == ("Crashed", FLOW_RUN_ENDED)
    (tracked,) = mid_run.mlflow_runs(mid_run.flow_run)
    assert tracked.status == "FAILED"
    assert f"The flow run {crashed.name} that made this run ended (Crashed)" in tracked.tags[ENDED_BECAUSE_TAG]
    mid_run.go_on()
    mid_run.nothing_is_left()
    assert mid_run.runs()[1].phase is RunPhase.SUCCEEDED


def test_after_a_power_cut_everything_has_ended_and_says_why(mid_run):
    mid_run.begin()
    mid_run.kill_everything()
    mid_run.up()
    mid_run.nothing_is_left()
    flow_run, dagster_run = mid_run.runs()
    assert (flow_run.state, flow_run.message) == ("Crashed", WORKER_WAS_STOPPED)
    assert dagster_run.state == "FAILURE"
    assert "Dagster was stopped while this ran" in dagster_run.message
    made = [*mid_run.mlflow_runs(mid_run.flow_run), *mid_run.mlflow_runs(mid_run.dagster_run)]
    assert [(run.status, "Run it again." in run.tags[ENDED_BECAUSE_TAG]) for run in made] == [("FAILED", True)] * 2


def test_down_in_mid_run_leaves_nothing_for_the_next_start(mid_run):
    mid_run.begin()
    mid_run.down()
    mid_run.up()
    assert mid_run.unfinished() == []
    assert all(run.phase.is_final and "Run it again." in run.message for run in mid_run.runs())
