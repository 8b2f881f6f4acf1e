"""Part 6, run for real: a deployment with a schedule, and the runs that this schedule makes."""

from datetime import UTC, datetime, timedelta

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterExpectedStartTime, FlowRunFilterTags
from prefect.client.schemas.sorting import FlowRunSort
from prefect.flow_engine import run_flow
from prefect.flows import load_flow_from_entrypoint

from tests.workshop.steps import ROOT, STEPS, live_evidence, run_step, verdicts
from workshop.facts import RunPhase
from workshop.naming import LEARNER_TAG

STEP = "part6_automation"
UNTOUCHED = STEPS / STEP / "flow.py"
SOLUTION = STEPS / STEP / "solution" / "flow.py"
WRONG = STEPS / STEP / "wrong" / "flow.py"


@pytest.fixture
def attempt(prefect_api, work_pool, mlflow_client, mlflow_server):  # noqa: ARG001
    """Press the button of the step with the flow of a file; return the learner's evidence."""

    def run(file, learner, **parameters):
        evidence = live_evidence(prefect_api, STEP, learner, mlflow_server)
        run_step(file, "automate", STEP, learner, **parameters)
        assert evidence.flow_runs()[0].phase is RunPhase.SUCCEEDED, evidence.flow_runs()[0].message
        plan(learner)
        return evidence

    return run


def deployment_of(learner):
    with get_client(sync_client=True) as client:
        return client.read_deployment_by_name(f"retrain/scheduled-{learner}")


def plan(learner):
    """Let Prefect make the schedule's runs, as its scheduler does: those of the last minutes and the next hours."""
    now = datetime.now(UTC)
    span = {"start_time": (now - timedelta(minutes=5)).isoformat(), "min_time": 4 * 3600, "max_runs": 200}
    span["end_time"] = (now + timedelta(hours=4)).isoformat()
    with get_client(sync_client=True) as client:
        client._client.post(f"/deployments/{deployment_of(learner).id}/schedule", json=span).raise_for_status()


def work(learner, count):
    """Run what is due, as the worker does; return how many runs there were."""
    flow = load_flow_from_entrypoint(deployment_of(learner).entrypoint)
    due = FlowRunFilter(
        tags=FlowRunFilterTags(all_=["auto-scheduled", f"{LEARNER_TAG}:{learner}"]),
        expected_start_time=FlowRunFilterExpectedStartTime(before_=datetime.now(UTC)),
    )
    with get_client(sync_client=True) as client:
        by_goal = client.read_flow_runs(flow_run_filter=due, sort=FlowRunSort.EXPECTED_START_TIME_ASC)
    waiting = [flow_run for flow_run in by_goal if flow_run.state.is_scheduled()][:count]
    for flow_run in waiting:
        run_flow(flow, flow_run=flow_run, return_type="state")
    return len(waiting)


def test_untouched_it_deploys_without_a_schedule(attempt):
    by_goal = verdicts(STEP, attempt(UNTOUCHED, "untouched"))
    assert all("without a schedule" in verdict.message and not verdict.passed for verdict in by_goal.values())


def test_the_solution_runs_by_itself_and_is_tracked(attempt):
    evidence = attempt(SOLUTION, "solution")
    deployment = deployment_of("solution")
    assert not deployment.entrypoint.startswith("/")
    assert (ROOT / deployment.entrypoint.partition(":")[0]).samefile(SOLUTION)
    assert not deployment.pull_steps
    (schedule,) = evidence.schedules()
    assert schedule.next_at[1] - schedule.next_at[0] == timedelta(minutes=2)

    assert work("solution", 1) == 1
    by_goal = verdicts(STEP, evidence)
    assert "1 of 2 runs so far" in by_goal["ran_by_itself"].message
    assert by_goal["deployed_with_a_schedule"].passed
    assert work("solution", 1) == 1
    by_goal = verdicts(STEP, evidence)
    assert all(verdict.passed for verdict in by_goal.values()), by_goal
    assert {run.schedule_id for run in evidence.flow_runs() if run.target == schedule.target} == {schedule.id}


def test_a_wrong_answer_is_told_how_often_it_runs(attempt):
    by_goal = verdicts(STEP, attempt(WRONG, "wrong"))
    assert "starts one run every 60 minutes" in by_goal["deployed_with_a_schedule"].message
    assert not any(verdict.passed for verdict in by_goal.values())


def test_a_paused_schedule_is_named(attempt):
    evidence = attempt(SOLUTION, "paused")
    deployment = deployment_of("paused")
    with get_client(sync_client=True) as client:
        client.update_deployment_schedule(deployment.id, deployment.schedules[0].id, active=False)
    assert "is paused: resume it" in verdicts(STEP, evidence)["deployed_with_a_schedule"].message


def test_runs_to_come_are_not_among_a_learners_runs(attempt):
    evidence = attempt(SOLUTION, "future", minutes=1)
    assert len(evidence.schedules()[0].next_at) > 60
    assert 1 <= len([run for run in evidence.flow_runs() if run.schedule_id]) <= 6


def test_nothing_done_yet_says_to_press_run(prefect_api, mlflow_server):
    by_goal = verdicts(STEP, live_evidence(prefect_api, STEP, "nobody", mlflow_server))
    assert all("press Run" in verdict.message and not verdict.passed for verdict in by_goal.values())
