"""Part 2, run for real against the service that fails on purpose."""

import httpx
import pytest

from tests.workshop.steps import STEPS, live_evidence, recorded_tasks, run_step, verdicts
from workshop.facts import RunPhase

STEP = "part2_resilience"
UNTOUCHED = STEPS / STEP / "flow.py"
SOLUTION = STEPS / STEP / "solution" / "flow.py"
WRONG = STEPS / STEP / "wrong" / "flow.py"


@pytest.fixture
def attempt(prefect_api, work_pool, unreliable_api):  # noqa: ARG001
    """Run the flow of a file once with each of the currencies; return the learner's evidence."""

    def run(file, learner, *currencies):
        evidence = live_evidence(prefect_api, STEP, learner)
        for currency in currencies:
            run_step(file, "enrich_customers", STEP, learner, currency=currency)
            newest = evidence.flow_runs()[0]
            recorded_tasks(evidence, newest, 3 if newest.phase is RunPhase.SUCCEEDED else 2)
        return evidence

    return run


def fetch(evidence, run):
    return next(task for task in evidence.task_runs(run) if task.name.startswith("fetch_rate"))


def test_untouched_it_survives_with_steady_waits_and_wastes_its_retries(attempt):
    evidence = attempt(UNTOUCHED, "untouched", "EUR", "XYZ")
    by_goal = verdicts(STEP, evidence)
    assert by_goal["survived_a_failure"].passed
    assert "give retry_delay_seconds a list" in by_goal["waited_longer_each_time"].message
    assert "asked 4 times for a currency that does not exist" in by_goal["spared_the_retries"].message
    assert [verdict.passed for verdict in by_goal.values()] == [True, False, False]
    good = evidence.flow_runs()[1]
    assert (good.ended - good.started).total_seconds() < 30


def test_the_solution_passes_within_half_a_minute(attempt):
    evidence = attempt(SOLUTION, "solution", "EUR", "XYZ")
    by_goal = verdicts(STEP, evidence)
    assert all(verdict.passed for verdict in by_goal.values()), by_goal
    bug, good = evidence.flow_runs()
    assert [len(fetch(evidence, run).attempts) for run in (good, bug)] == [3, 1]
    assert fetch(evidence, good).retries == 3
    assert (good.ended - good.started).total_seconds() < 30


def test_a_wrong_answer_is_told_what_is_wrong_with_it(attempt):
    by_goal = verdicts(STEP, attempt(WRONG, "wrong", "EUR", "XYZ"))
    assert "the list [1.0, 1.0, 1.0] does not grow" in by_goal["waited_longer_each_time"].message
    assert "return False when the status is 404" in by_goal["spared_the_retries"].message
    assert [verdict.passed for verdict in by_goal.values()] == [True, False, False]


@pytest.mark.parametrize("fault", ["connection_dropped", "too_many_requests", "slow_answer"])
def test_the_solution_survives_every_fault_that_passes(attempt, unreliable_api, fault):
    httpx.put(f"{unreliable_api}/{fault}/dial", json={"fault": fault, "fail_first": 1}).raise_for_status()
    evidence = attempt(SOLUTION, fault, "EUR")
    (run,) = evidence.flow_runs()
    assert run.phase is RunPhase.SUCCEEDED
    assert len(fetch(evidence, run).attempts) == 2


def test_when_the_retries_run_out_the_flow_run_fails_and_later_tasks_never_start(attempt, unreliable_api):
    httpx.put(f"{unreliable_api}/endless/dial", json={"fail_first": 10}).raise_for_status()
    evidence = attempt(UNTOUCHED, "endless", "EUR")
    (run,) = evidence.flow_runs()
    assert run.phase is RunPhase.FAILED
    assert [task.name.rsplit("-", 1)[0] for task in evidence.task_runs(run)] == ["load_customers", "fetch_rate"]
    assert len(fetch(evidence, run).attempts) == 4
    assert "retries ran out" in verdicts(STEP, evidence)["survived_a_failure"].message


def test_nothing_done_yet_says_what_to_do(prefect_api):
    by_goal = verdicts(STEP, live_evidence(prefect_api, STEP, "nobody"))
    assert all("press Run" in verdict.message for verdict in by_goal.values())
    assert not any(verdict.passed for verdict in by_goal.values())
