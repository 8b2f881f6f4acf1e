"""What the three steps leave behind in the services, and that their checks find it."""

import pytest

from app.engine.curriculum.checks import Goal, run_checks
from app.engine.curriculum.steps import discover, find
from app.engine.tracking.client import maker_of
from app.settings import ROOT
from tests.polling import wait_until

STEPS = ("part1_tasks_flows", "part5_full_pipeline", "assets")
TRACKED = ("part5_full_pipeline", "assets")
CUSTOMERS = {"sample": 5_000, "cdnow": 23_570}


@pytest.fixture(params=CUSTOMERS)
def dataset(request) -> str:
    return request.param


@pytest.mark.parametrize("step", STEPS)
def test_every_check_passes_after_a_real_run(finished, step, dataset, prefect_api):
    done = finished(step, dataset)
    for goal in answered(step, done.evidence):
        assert goal.verdict.passed, goal.verdict.message
        assert goal.verdict.proofs
        for proof in goal.verdict.proofs:
            assert exists(proof, done.evidence, prefect_api), proof


def answered(step, evidence) -> list[Goal]:
    """Run a step's checks until no service was too busy to answer."""
    file = find(discover(ROOT), step).check_file

    def ask() -> list[Goal]:
        goals = run_checks(file, evidence)
        assert goals
        return [] if any(goal.problem for goal in goals) else goals

    return wait_until(ask, 60, "every service answers the checks")


def exists(proof, evidence, prefect_api) -> bool:
    match proof.kind:
        case "run":
            return evidence.orchestrators[proof.orchestrator].run(proof.id).id == proof.id
        case "task run":
            return prefect_api.get(f"/api/task_runs/{proof.id}")["id"] == proof.id
        case "mlflow run":
            return evidence.mlflow.run(proof.id).id == proof.id
        case "model version":
            name, _, number = proof.id.partition("/")
            return int(number) in [version.version for version in evidence.mlflow.versions(name)]
    raise AssertionError(f"Nobody knows a proof of the kind {proof.kind}.")


@pytest.mark.parametrize("step", STEPS)
def test_checks_say_what_to_do_before_anything_ran(finished, step):
    evidence = finished(step, "sample").evidence
    stranger = type(evidence)("never-clicked", step, evidence.orchestrators, evidence.mlflow)
    assert [goal for goal in answered(step, stranger) if goal.verdict.passed] == []


@pytest.mark.parametrize("step", TRACKED)
def test_run_mlflow_run_and_version_name_each_other(finished, step, dataset, prefect_api):
    done = finished(step, dataset)
    (mlflow_run,) = done.evidence.mlflow_runs(done.run)
    (version,) = done.evidence.model_versions(mlflow_run)
    assert maker_of(mlflow_run) == (done.run.orchestrator, done.run.id)
    assert version.run_id == mlflow_run.id
    assert version.tags.items() >= {key: value for key, value in done.run.tags.items() if "workshop/" in key}.items()
    assert mlflow_run.params["customers"] == str(CUSTOMERS[dataset])
    assert mlflow_run.id in named_by(done, prefect_api)


def named_by(done, prefect_api) -> str:
    """What the orchestrator's own record of the run says of MLflow."""
    if done.run.orchestrator == "dagster":
        made = {asset.asset_key[-1]: asset.metadata for asset in done.evidence.materializations(done.run)}
        assert made["evaluation"]["mlflow_run_id"] in str(made["evaluation"]["mlflow_run"])
        return str(made["evaluation"]["mlflow_run"])
    query = {"artifacts": {"flow_run_id": {"any_": [done.run.id]}, "key": {"any_": ["mlflow-run"]}}}
    return str([artifact["data"] for artifact in prefect_api.post("/api/artifacts/filter", query)])


def test_dagster_counts_the_rows_of_its_tables(finished, dataset):
    done = finished("assets", dataset)
    rows = {asset.asset_key[-1]: asset.metadata.get("rows") for asset in done.evidence.materializations(done.run)}
    expected = dict.fromkeys(("raw_customers", "features", "predictions"), CUSTOMERS[dataset])
    assert {name: rows[name] for name in expected} == expected


def test_the_log_of_a_finished_run_is_complete(finished, dataset):
    done = finished("part1_tasks_flows", dataset)
    messages = [line.message for line in done.client.snapshot(done.run.id).logs]
    assert any(message.startswith("Done: ") for message in messages)
    assert any("Finished in state Completed" in message for message in messages)
