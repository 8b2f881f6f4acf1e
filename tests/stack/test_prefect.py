"""The Prefect client on a real server and worker: schedules, no worker, bad input, cancelling."""

import os
import signal
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from app.engine.errors import InvalidParameters, NotFound, NotRegistered
from app.engine.orchestrators.contract import ApiRequest
from app.engine.orchestrators.prefect.client import Prefect
from app.engine.stack.health import check_services
from app.engine.stack.local.processes import stack_processes
from app.engine.stack.local.supervisor import StackControl
from app.engine.stack.repair.prefect import WORKER_WAS_STOPPED
from tests.polling import RUN_SECONDS, wait_for_end, wait_until
from tests.stack.conftest import NOBODY, PART1, PART5, click_on, delete
from tests.workspaces import SLOW, edited_workspace
from workshop.facts import RunPhase
from workshop.naming import LEARNER_TAG, STEP_TAG

SAYS_SO_SECONDS = 20
SCHEDULED_SECONDS = 25
"""The stack's Prefect looks for new schedules every ten seconds; a time that has passed by then is not made up for."""


def test_a_scheduled_run_appears_and_runs(prefect, prefect_api):
    deployment = prefect.target(PART1)
    soon = datetime.now(UTC) + timedelta(seconds=SCHEDULED_SECONDS)
    schedule = {"interval": 3600, "anchor_date": soon.isoformat(), "timezone": "UTC"}
    body = [{"schedule": schedule, "active": True, "parameters": {"dataset": "sample"}}]
    made = prefect_api.send(ApiRequest("POST", "", "", f"/api/deployments/{deployment.id}/schedules", body))
    try:
        assert [each.words for each in prefect.target(PART1).schedules] == ["every 3600 s"]
        query = {
            "flow_runs": {"tags": {"all_": ["auto-scheduled"]}, "expected_start_time": {"after_": soon.isoformat()}},
            "deployments": {"id": {"any_": [deployment.id]}},
            "sort": "EXPECTED_START_TIME_ASC",
        }
        flow_runs = wait_until(lambda: prefect_api.post("/api/flow_runs/filter", query), 60, "a scheduled run")
        run = wait_for_end(prefect, flow_runs[0]["id"])
    finally:
        delete(prefect_api, f"/api/deployments/{deployment.id}/schedules/{made[0]['id']}")
    assert (run.phase, run.parameters) == (RunPhase.SUCCEEDED, {"dataset": "sample"})
    assert run.tags[STEP_TAG] == "part1_tasks_flows"


def test_a_stopped_worker_is_said_and_a_started_one_is_noticed(stack, prefect):
    target, control = prefect.target(PART1), StackControl(stack)
    wait_until(lambda: prefect.blockers(target) == [], 60, "the worker polls")
    control.stop("worker")
    try:
        (blocker,) = wait_until(lambda: prefect.blockers(target), SAYS_SO_SECONDS, "the missing worker is said")
    finally:
        control.start("worker")
    assert "No worker has polled for" in blocker.reason
    assert "make up" in blocker.reason
    wait_until(lambda: prefect.blockers(target) == [], 60, "the worker is noticed")
    wait_until(lambda: all(each.is_healthy for each in check_services(stack)), 60, "all is well again")


def test_runs_are_listed_by_deployment(prefect, idle_target, learner):
    run_id = prefect.trigger(click_on(idle_target, learner, {"dataset": "sample"}))
    assert [run.id for run in prefect.runs({LEARNER_TAG: learner}, target=idle_target.name)] == [run_id]
    assert prefect.runs({LEARNER_TAG: learner}, target=PART1) == []


def test_a_pool_without_workers_is_said(stack, idle_target):
    urls = stack.internal_url("prefect"), stack.public_url("prefect")
    (unpolled,) = Prefect(*urls, NOBODY).blockers(idle_target)
    assert "No worker has polled the work pool" in unpolled.reason
    (missing,) = Prefect(*urls, "no-such-pool").blockers(idle_target)
    assert "Prefect has no work pool no-such-pool" in missing.reason


def test_a_deployment_that_is_not_registered_says_how_to_register_it(prefect):
    with pytest.raises(NotRegistered, match=r"no deployment no-flow/no-step\. Register .* `make up`"):
        prefect.target("no-flow/no-step")


def test_an_unknown_run_is_named(prefect):
    with pytest.raises(NotFound, match="has no flow run 00000000"):
        prefect.run("00000000-0000-0000-0000-000000000000")


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"test_size": 0.9}, "the most is 0.5"),
        ({"max_depth": "deep"}, "not of type integer"),
        ({"dataset": "imaginary"}, "not one of sample, cdnow"),
        ({"no_such": 1}, "no_such"),
    ],
)
def test_nothing_is_sent_with_bad_parameters(prefect, learner, parameters, problem):
    with pytest.raises(InvalidParameters, match=problem):
        prefect.trigger(click_on(prefect.target(PART5), learner, parameters))
    assert prefect.runs({LEARNER_TAG: learner}) == []


def test_cancelling_ends_a_running_flow_and_its_process(stack, prefect, learner, tmp_path):
    workspace = edited_workspace(tmp_path, SLOW)
    trigger = click_on(prefect.target(PART1), learner, {"dataset": "sample"}, workspace)
    run_id = prefect.trigger(trigger)
    wait_until(lambda: prefect.snapshot(run_id).run.phase is RunPhase.RUNNING, RUN_SECONDS, "the run is running")
    wait_until(lambda: processes_in(stack, workspace), 20, "the run's process is seen")
    prefect.cancel(run_id)
    assert wait_for_end(prefect, run_id).phase is RunPhase.CANCELLED
    wait_until(lambda: not processes_in(stack, workspace), 20, "the run's process is gone")


def test_a_run_that_is_cancelled_before_it_runs_ends_too(stack, prefect, learner, tmp_path):
    workspace = edited_workspace(tmp_path, SLOW)
    run_id = prefect.trigger(click_on(prefect.target(PART1), learner, {"dataset": "sample"}, workspace))
    wait_until(lambda: prefect.run(run_id).state in ("Pending", "Submitting"), RUN_SECONDS, "the run is pending")
    prefect.cancel(run_id)
    assert wait_for_end(prefect, run_id).phase is RunPhase.CANCELLED
    wait_until(lambda: not processes_in(stack, workspace), 20, "the run's process is gone")


def test_runs_whose_worker_was_killed_are_closed_when_it_starts_again(stack, prefect, learner, tmp_path):
    workspace, control = edited_workspace(tmp_path, SLOW), StackControl(stack)
    run_id = prefect.trigger(click_on(prefect.target(PART1), learner, {"dataset": "sample"}, workspace))
    wait_until(lambda: prefect.run(run_id).phase is RunPhase.RUNNING, RUN_SECONDS, "the run is running")
    os.killpg(control.programs()["worker"].pid, signal.SIGKILL)  # the flow's process too: neither can report its end
    run = wait_for_end(prefect, run_id)
    assert (run.state, run.phase) == ("Crashed", RunPhase.FAILED)
    assert run.message == WORKER_WAS_STOPPED
    assert processes_in(stack, workspace) == []
    wait_until(lambda: all(each.is_healthy for each in check_services(stack)), 60, "all is well again")


def processes_in(stack, workspace) -> list[int]:
    """Processes of the stack that work in this workspace."""
    flow_runs = []
    for each in stack_processes(stack):
        with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
            if each.cwd() == str(workspace.resolve()):
                flow_runs.append(each.pid)
    return flow_runs
