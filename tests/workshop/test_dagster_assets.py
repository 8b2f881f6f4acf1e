"""The Dagster step: run for real, and each learner's code apart from the others'."""

import json
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from tests.workshop.conftest import ROOT
from tests.workspaces import copy_workshop
from workshop import naming
from workshop.dagster import definitions
from workshop.dagster.assets import assets

ASSETS = ["evaluation", "features", "model", "predictions", "raw_customers"]


def run_job(defs: dg.Definitions, learner: str, config: dict[str, Any] | None = None, **options: Any) -> Any:
    job = defs.resolve_job_def(naming.job_name("churn_training_job", learner))
    return job.execute_in_process(run_config={"ops": config or {}}, **options)


def metadata_of(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    """Asset key (with slashes) → metadata of its materialization."""
    return {
        event.asset_key.to_user_string(): {name: entry.value for name, entry in event.materialization.metadata.items()}
        for event in result.get_asset_materialization_events()
    }


@pytest.mark.parametrize(
    ("dataset", "family", "customers"), [("sample", "logistic_regression", 5_000), ("cdnow", "random_forest", 23_570)]
)
def test_the_job_makes_five_assets_that_lead_to_mlflow_and_back(
    dataset, family, customers, mlflow_client, generated, tmp_path, monkeypatch
):
    for file in generated.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setenv("WORKSHOP_DATA_DIR", str(tmp_path))
    config = {
        "raw_customers": {"config": {"dataset": dataset}},
        "model": {"config": {"family": family, "n_estimators": 20}},
    }
    result = run_job(definitions.definitions_for("me", ROOT), "me", config, tags={naming.CLICK_TAG: "c1"})
    made = metadata_of(result)
    assert sorted(made) == ASSETS
    assert [made[name]["rows"] for name in ("raw_customers", "features", "predictions")] == [customers] * 3
    assert (tmp_path / made["predictions"]["file_in_data_folder"]).parent == tmp_path / "predictions" / "me"
    (check,) = result.get_asset_check_evaluations()
    assert check.passed == (made["evaluation"]["accuracy"] > made["evaluation"]["majority_rate"])

    run = mlflow_client.get_run(made["evaluation"]["mlflow_run_id"])
    assert run.info.run_id in made["evaluation"]["mlflow_run"]
    assert run.data.tags[naming.DAGSTER_RUN_TAG] == result.run_id
    assert run.data.tags[naming.CLICK_TAG] == "c1"
    assert run.data.tags[naming.LEARNER_TAG] == "me"
    assert run.data.metrics["predicted_customers"] == customers
    version = mlflow_client.get_model_version("churn-predictor", str(made["evaluation"]["model_version"]))
    assert version.run_id == run.info.run_id


def test_the_job_tells_the_bounds_of_its_config():
    job = definitions.definitions_for("me", ROOT).resolve_job_def("churn_training_job")
    schemas = job.metadata["config_schema"].value
    assert set(schemas) == {"raw_customers", "model", "evaluation"}
    test_size = schemas["model"]["properties"]["test_size"]
    assert (test_size["minimum"], test_size["maximum"], test_size["default"]) == (0.1, 0.5, 0.25)
    assert schemas["raw_customers"]["properties"]["dataset"]["enum"] == ["sample", "cdnow"]
    assert all(part["description"] for schema in schemas.values() for part in schema["properties"].values())
    json.dumps(schemas)
    with pytest.raises(ValueError, match="test_size"):
        assets.ModelConfig(test_size=0.9)


@pytest.fixture
def class_folder(generated, tmp_path, monkeypatch) -> Path:
    """A data folder with the workspaces of ada and bob-x; each has a feature of its own, and a job description."""
    for file in generated.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setenv("WORKSHOP_DATA_DIR", str(tmp_path))
    for learner in ("ada", "bob-x"):
        features = copy_workshop(tmp_path / "learners" / learner) / "workshop" / "churn" / "features.py"
        text = features.read_text()
        features.write_text(text.replace('"years":', f'"years_of_{learner[:3]}":'))
        assert features.read_text() != text
    return tmp_path


def test_workspaces_run_their_own_code(class_folder):
    before = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "workshop"}
    everybody = definitions.all_definitions()
    after = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "workshop"}
    assert after == before
    assert str(class_folder) not in "".join(sys.path)

    own_feature = {"me": "years", "ada": "years_of_ada", "bob-x": "years_of_bob"}
    for learner, feature in own_feature.items():
        prefix = [] if learner == "me" else [learner]
        keys = [dg.AssetKey([*prefix, name]) for name in ("raw_customers", "features")]
        made = metadata_of(run_job(everybody, learner, asset_selection=keys))
        names = made["/".join([*prefix, "features"])]["features"].split(", ")
        assert [name for name in names if name.startswith("years")] == [feature]


def test_a_learners_job_is_complete_and_goes_to_the_learners_own_names(class_folder, mlflow_client):
    everybody = definitions.all_definitions()
    schemas = everybody.resolve_job_def("churn_training_job_bob_x").metadata["config_schema"].value
    assert set(schemas) == {"bob_x__raw_customers", "bob_x__model", "bob_x__evaluation"}
    result = run_job(everybody, "bob-x", {"bob_x__model": {"config": {"test_size": 0.3}}})
    made = metadata_of(result)
    assert sorted(made) == [f"bob-x/{name}" for name in ASSETS]
    assert made["bob-x/evaluation"]["registered_model"] == "churn-predictor-bob-x"
    run = mlflow_client.get_run(made["bob-x/evaluation"]["mlflow_run_id"])
    assert (run.data.tags[naming.LEARNER_TAG], run.data.tags[naming.STEP_TAG]) == ("bob-x", "assets")
    assert mlflow_client.get_experiment(run.info.experiment_id).name == "dagster-assets-bob-x"
    assert (class_folder / "predictions" / "bob-x" / "churn-predictor-bob-x-v1.csv").is_file()
    assert [check.check_name for check in result.get_asset_check_evaluations()] == ["beats_the_majority"]


def test_one_learners_broken_code_does_not_take_the_others_away(class_folder, caplog):
    (class_folder / "learners" / "ada" / "workshop" / "churn" / "features.py").write_text("def broken(:")
    (class_folder / "learners" / "no-workshop").mkdir()
    jobs = {job.name for job in definitions.all_definitions().resolve_all_job_defs()}
    assert {"churn_training_job", "churn_training_job_bob_x"} <= jobs
    assert "churn_training_job_ada" not in jobs
    assert "The code of ada does not load" in caplog.text


def test_what_dagster_loads_runs_in_process():
    assert definitions.defs.executor is dg.in_process_executor
