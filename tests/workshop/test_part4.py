"""Part 4, run for real: typed parameters with bounds, and flow runs below a flow run."""

import pytest
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectHTTPStatusError

from app.engine.errors import InvalidParameters
from app.engine.orchestrators.parameters import check
from tests.workshop.steps import STEPS, live_evidence, recorded_tasks, run_step, verdicts
from workshop.facts import RunPhase

STEP = "part4_flexibility"
UNTOUCHED = STEPS / STEP / "flow.py"
SOLUTION = STEPS / STEP / "solution" / "flow.py"
WRONG = STEPS / STEP / "wrong" / "flow.py"


@pytest.fixture
def attempt(prefect_api, work_pool):  # noqa: ARG001
    """Run the flow of a file; return the learner's evidence."""

    def run(file, learner, tasks, **parameters):
        evidence = live_evidence(prefect_api, STEP, learner)
        run_step(file, "train_segments", STEP, learner, **parameters)
        newest = evidence.flow_runs()[0]
        assert newest.phase is RunPhase.SUCCEEDED, newest.message
        recorded_tasks(evidence, newest, tasks)
        return evidence

    return run


def test_untouched_with_defaults_nothing_is_reached(attempt):
    by_goal = verdicts(STEP, attempt(UNTOUCHED, "untouched", tasks=6))
    assert "ran with the defaults" in by_goal["chose_parameters"].message
    assert "put @flow above train_segment" in by_goal["nested_flow_runs"].message
    assert not any(verdict.passed for verdict in by_goal.values())


def test_the_solution_nests_named_flow_runs(attempt):
    evidence = attempt(SOLUTION, "solution", tasks=3, options={"max_depth": 6})
    by_goal = verdicts(STEP, evidence)
    assert all(verdict.passed for verdict in by_goal.values()), by_goal
    (parent,) = evidence.flow_runs()
    assert evidence.changed_parameters(parent) == {"options.max_depth": 6}
    names = [child.name for child in evidence.child_runs(parent)]
    assert names == ["train-one_order", "train-few_orders", "train-many_orders"]


def test_a_wrong_answer_is_told_that_a_task_run_is_no_flow_run(attempt):
    by_goal = verdicts(STEP, attempt(WRONG, "wrong", tasks=9, dataset="cdnow"))
    assert by_goal["chose_parameters"].passed
    assert "put @flow, not @task, above train_segment" in by_goal["nested_flow_runs"].message
    assert not by_goal["named_the_children"].passed


def test_a_value_out_of_bounds_is_refused_by_the_schema_and_by_prefect(attempt, prefect_api):
    attempt(UNTOUCHED, "bounds", tasks=6)
    evidence = live_evidence(prefect_api, STEP, "bounds")
    target = evidence.orchestrators["prefect"].target(evidence.flow_runs()[0].target)
    with pytest.raises(InvalidParameters, match="the most is 20"):
        check(target.schema, {"options": {"max_depth": 99}})
    with get_client(sync_client=True) as client, pytest.raises(PrefectHTTPStatusError, match="99 is greater than"):
        client.create_flow_run_from_deployment(target.id, parameters={"options": {"max_depth": 99}})


def test_nothing_done_yet_says_to_press_run(prefect_api):
    by_goal = verdicts(STEP, live_evidence(prefect_api, STEP, "nobody"))
    assert all("press Run" in verdict.message and not verdict.passed for verdict in by_goal.values())
