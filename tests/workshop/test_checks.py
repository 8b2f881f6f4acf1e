"""Each goal: not yet on an untouched workspace, passed when reached, a sentence of its own for a plausible mistake."""

from dataclasses import replace

import pytest

from tests.workshop.evidence import METRICS, NOW, VERSION, RecordedEvidence, run_in, task, tracked
from workshop.checking import judge
from workshop.dagster.assets import check as assets
from workshop.facts import Materialization, RunPhase
from workshop.prefect.part1_tasks_flows import check as part1
from workshop.prefect.part5_full_pipeline import check as part5

DONE = run_in(RunPhase.SUCCEEDED)
MADE = run_in(RunPhase.SUCCEEDED, "dagster")


def materialized(**other_metadata: dict[str, str | int | float]) -> list[Materialization]:
    metadata: dict[str, dict[str, str | int | float]] = {
        "raw_customers": {"rows": 5000},
        "features": {"rows": 5000},
        "model": {},
        "evaluation": {"mlflow_run_id": "m1"},
        "predictions": {"rows": 5000},
    }
    return [Materialization((name,), "r1", NOW, facts) for name, facts in (metadata | other_metadata).items()]


PART1 = RecordedEvidence([DONE], [task("load"), task("features", "load"), task("summarise", "features")])
LINK = "[MLflow run m1](http://127.0.0.1:5000/#/experiments/1/runs/m1)"
PART5 = RecordedEvidence([DONE], tracked=[tracked()], versions=[VERSION], links=[LINK])
ASSETS = RecordedEvidence([MADE], assets=materialized(), tracked=[tracked()], versions=[VERSION])

GOALS = [
    (part1.completed_a_flow_run, PART1),
    (part1.made_task_runs, PART1),
    (part1.passed_results_on, PART1),
    (part5.completed_the_pipeline, PART5),
    (part5.linked_to_mlflow, PART5),
    (part5.logged_hold_out_metrics, PART5),
    (part5.registered_a_version, PART5),
    (part5.predicted_for_everybody, PART5),
    (assets.materialized_all_assets, ASSETS),
    (assets.counted_rows, ASSETS),
    (assets.linked_to_mlflow, ASSETS),
    (assets.registered_a_version, ASSETS),
]
named = pytest.mark.parametrize(("goal", "complete"), GOALS, ids=lambda value: getattr(value, "__name__", ""))


@named
def test_a_reached_goal_passes_with_proofs(goal, complete):
    verdict = judge(goal, complete)
    assert verdict.passed, verdict.message
    assert verdict.proofs


@named
def test_an_untouched_step_says_to_press_run(goal, complete):
    verdict = judge(goal, replace(complete, runs=[]))
    assert not verdict.passed
    assert "press Run" in verdict.message


@named
@pytest.mark.parametrize(("phase", "advice"), [(RunPhase.RUNNING, "wait"), (RunPhase.FAILED, "log")])
def test_a_run_that_is_not_completed_is_named_with_its_state(goal, complete, phase, advice):
    verdict = judge(
        goal, replace(complete, runs=[replace(run, phase=phase, state=phase.title()) for run in complete.runs])
    )
    assert not verdict.passed
    assert f"calm-owl is {phase.title()}" in verdict.message
    assert advice in verdict.message
    assert verdict.proofs


@named
def test_a_failed_run_after_a_completed_one_takes_nothing_away(goal, complete):
    later = replace(complete.runs[0], id="r2", phase=RunPhase.FAILED, state="Failed")
    assert goal(replace(complete, runs=[later, *complete.runs])).passed


MISTAKES = [
    (part1.made_task_runs, replace(PART1, tasks=[task("load")]), "put @task above"),
    (part1.passed_results_on, replace(PART1, tasks=[task("load"), task("features")]), "received another task's result"),
    (part5.linked_to_mlflow, replace(PART5, tracked=[]), "tag prefect.flow_run_id"),
    (part5.linked_to_mlflow, replace(PART5, links=[LINK.replace("m1", "m0")]), "call create_link_artifact"),
    (part5.logged_hold_out_metrics, replace(PART5, tracked=[tracked({"accuracy": 0.8})]), "lacks majority_rate, f1"),
    (part5.registered_a_version, replace(PART5, versions=[replace(VERSION, run_id="other")]), "registered_model_name"),
    (part5.predicted_for_everybody, replace(PART5, tracked=[tracked(METRICS)]), "call save_predictions"),
    (
        part5.predicted_for_everybody,
        replace(PART5, tracked=[tracked(METRICS | {"predicted_customers": 1250})]),
        "1,250 predictions for 5,000 customers",
    ),
    (part5.predicted_for_everybody, replace(PART5, tracked=[tracked(family="x")]), "no param customers"),
    (
        assets.materialized_all_assets,
        replace(ASSETS, assets=materialized()[:3]),
        "did not materialize evaluation, predictions",
    ),
    (assets.counted_rows, replace(ASSETS, assets=materialized(features={})), "No metadata rows on features"),
    (assets.counted_rows, replace(ASSETS, assets=materialized(predictions={"rows": 1250})), "got lost"),
    (assets.linked_to_mlflow, replace(ASSETS, assets=materialized(evaluation={})), "metadata mlflow_run_id"),
    (assets.linked_to_mlflow, replace(ASSETS, tracked=[]), "tag dagster.run_id"),
    (assets.registered_a_version, replace(ASSETS, versions=[]), "No model version"),
]


@pytest.mark.parametrize(("goal", "evidence", "words"), MISTAKES, ids=[goal.__name__ for goal, _, _ in MISTAKES])
def test_a_mistake_gets_a_sentence_of_its_own(goal, evidence, words):
    verdict = judge(goal, evidence)
    assert not verdict.passed
    assert words in verdict.message


def test_another_learners_asset_keys_begin_with_the_learner():
    mine = [replace(made, asset_key=("ada", *made.asset_key)) for made in materialized()]
    assert assets.materialized_all_assets(replace(ASSETS, assets=mine)).passed
