"""Part 3, run for real: trainings side by side, and a result that is not computed twice."""

import pytest

from tests.workshop.steps import STEPS, live_evidence, recorded_tasks, run_step, verdicts
from workshop.facts import RunPhase

STEP = "part3_efficiency"
UNTOUCHED = STEPS / STEP / "flow.py"
SOLUTION = STEPS / STEP / "solution" / "flow.py"
WRONG = STEPS / STEP / "wrong" / "flow.py"


@pytest.fixture
def attempt(prefect_api, work_pool):  # noqa: ARG001
    """Run the flow of a file once with each set of parameters; return the learner's evidence."""

    def run(file, learner, *parameters):
        evidence = live_evidence(prefect_api, STEP, learner)
        for given in parameters:
            run_step(file, "compare_models", STEP, learner, **given)
            newest = evidence.flow_runs()[0]
            assert newest.phase is RunPhase.SUCCEEDED, newest.message
            recorded_tasks(evidence, newest, 6)
        return evidence

    return run


def test_untouched_it_trains_side_by_side_and_stores_nothing(attempt):
    by_goal = verdicts(STEP, attempt(UNTOUCHED, "untouched", {}, {}))
    assert "give it a cache_policy" in by_goal["took_a_stored_result"].message
    assert [verdict.passed for verdict in by_goal.values()] == [True, False, False]


def test_the_solution_computes_nothing_twice_for_a_learner_and_saves_its_time(attempt):
    evidence = attempt(SOLUTION, "solution", {})
    assert "run again without a change" in verdicts(STEP, evidence)["saved_time"].message
    by_goal = verdicts(STEP, attempt(SOLUTION, "solution", {}))
    assert all(verdict.passed for verdict in by_goal.values()), by_goal
    other = attempt(SOLUTION, "another-learner", {"parallel": False})
    assert "Cached" not in [task.state for task in other.task_runs(other.flow_runs()[0])]
    assert "switch parallel on" in verdicts(STEP, other)["trained_side_by_side"].message


def test_a_wrong_answer_is_told_that_its_key_changes(attempt):
    by_goal = verdicts(STEP, attempt(WRONG, "wrong", {}, {}))
    assert "DEFAULT holds the run's id" in by_goal["took_a_stored_result"].message
    assert [verdict.passed for verdict in by_goal.values()] == [True, False, False]


def test_nothing_done_yet_says_to_press_run(prefect_api):
    by_goal = verdicts(STEP, live_evidence(prefect_api, STEP, "nobody"))
    assert all("press Run" in verdict.message and not verdict.passed for verdict in by_goal.values())
