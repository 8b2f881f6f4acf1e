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
    jobs = {job.name: job for job in definitions.all_definitions().resolve_all_job_defs()}
    assert {"raw_customers"} <= {node.name for node in jobs["churn_training_job"].nodes}
    assert {"bob_x__raw_customers"} <= {node.name for node in jobs["churn_training_job_bob_x"].nodes}
    assert [node.name for node in jobs["churn_training_job_ada"].nodes] == ["churn_training_job_ada__is_missing"]
    assert "The step assets does not load in Dagster: SyntaxError" in jobs["churn_training_job_ada"].description
    assert "The code of ada does not load" in caplog.text


OWN = """import dagster as dg
import pandas as pd


class ReportConfig(dg.Config):
    top: int = 3


@dg.asset
def raw_customers(config: ReportConfig) -> int:
    return config.top


@dg.asset
def report(context: dg.AssetExecutionContext, raw_customers: int, features: pd.DataFrame) -> int:
    context.add_output_metadata({"columns": ", ".join(features.columns)})
    return raw_customers


@dg.asset_check(asset=report)
def is_small(report: int) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=report < 5)


report_job = dg.define_asset_job(
    "report_job",
    selection=[raw_customers, report],
    metadata={"config_schema": dg.MetadataValue.json({"raw_customers": ReportConfig.model_json_schema()})},
)
"""


def add_step(workspace: Path, step: str, code: str) -> None:
    folder = workspace / "workshop" / "dagster" / step
    folder.mkdir()
    (folder / "assets.py").write_text(code)


def ops_of(jobs: dict[str, dg.JobDefinition], name: str) -> list[str]:
    return sorted(node.name for node in jobs[name].nodes)


@pytest.mark.parametrize("learner", ["me", "bob-x"])
def test_a_step_may_bring_assets_whose_names_the_shared_ones_have_and_use_the_shared_ones(learner, tmp_path):
    workspace = copy_workshop(tmp_path)
    add_step(workspace, "reports", OWN)
    loaded_defs = definitions.definitions_for(learner, workspace)
    prefix, op_prefix, end = ([], "", "") if learner == "me" else (["bob-x"], "bob_x__", "_bob_x")
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        options = {"instance": instance, "tags": {naming.STEP_TAG: "reports"}}
        shared = [dg.AssetKey([*prefix, name]) for name in ("raw_customers", "features")]
        assert run_job(loaded_defs, learner, asset_selection=shared, **options).success
        job = loaded_defs.resolve_job_def(f"reports__report_job{end}")
        config = {f"{op_prefix}reports__raw_customers": {"config": {"top": 4}}}
        result = job.execute_in_process(run_config={"ops": config}, **options)
    made = metadata_of(result)
    assert sorted(made) == ["/".join([*prefix, "reports", name]) for name in ("raw_customers", "report")]
    assert "missed_orders" in made["/".join([*prefix, "reports", "report"])]["columns"]
    assert [check.passed for check in result.get_asset_check_evaluations()] == [True]
    assert list(job.metadata["config_schema"].value) == [f"{op_prefix}reports__raw_customers"]
    assert {naming.STEP_TAG: "reports", naming.LEARNER_TAG: learner}.items() <= job.tags.items()


def test_a_job_of_the_shared_module_names_the_step_it_belongs_to(tmp_path):
    workspace = copy_workshop(tmp_path)
    file = workspace / "workshop" / "dagster" / "assets" / "assets.py"
    nightly = '\n\nnightly_job = dg.define_asset_job("nightly_job", [features], tags={naming.STEP_TAG: "nightly"})\n'
    file.write_text(file.read_text() + nightly)
    loaded_defs = definitions.definitions_for("me", workspace)
    assert loaded_defs.resolve_job_def("nightly_job").tags[naming.STEP_TAG] == "nightly"
    assert loaded_defs.resolve_job_def("churn_training_job").tags[naming.STEP_TAG] == "assets"


def test_a_step_that_collides_or_does_not_load_is_missing_alone_and_says_why(tmp_path):
    workspace = copy_workshop(tmp_path)
    add_step(workspace, "reports", OWN.replace("raw_customers", "x__raw_customers"))
    add_step(workspace, "reports__x", OWN)
    add_step(workspace, "reports__x2", OWN.replace("import pandas", "import no_such_module"))
    loaded_defs = definitions.definitions_for("me", workspace)
    dg.Definitions.validate_loadable(loaded_defs)
    jobs = {job.name: job for job in loaded_defs.resolve_all_job_defs()}
    assert "raw_customers" in ops_of(jobs, "churn_training_job")
    assert "reports__report" in ops_of(jobs, "reports__report_job")
    clashing, broken = jobs["reports__x__report_job"], jobs["reports__x2__report_job"]
    assert clashing.description == (
        "The step reports__x does not load in Dagster: "
        "its op reports__x__raw_customers has the name of one in the step reports. Rename it."
    )
    assert "No module named 'no_such_module'" in broken.description
    result = broken.execute_in_process(raise_on_error=False)
    assert not result.success


def test_what_dagster_loads_runs_in_process():
    assert definitions.defs.executor is dg.in_process_executor
