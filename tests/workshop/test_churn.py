"""The plain machine-learning code: no leaks, clear errors, models that can be read back."""

import ast
import re
from pathlib import Path

import pandas as pd
import pytest

from workshop.churn import data, evaluation, features, predictions, tracking, training

ROOT = Path(__file__).resolve().parents[2]
FAMILIES = ("logistic_regression", "random_forest", "gradient_boosting")
SETTINGS = {"C": 1.0, "n_estimators": 20, "max_depth": 3, "learning_rate": 0.1}


@pytest.fixture
def split() -> training.Split:
    return training.split_customers(features.engineer_features(data.load_customers("sample")), 0.25, seed=1)


def test_a_missing_column_is_named_with_file_and_remedy(tmp_path, monkeypatch, generated):
    monkeypatch.setenv("WORKSHOP_DATA_DIR", str(tmp_path))
    table = pd.read_csv(generated / "customer_data.csv").drop(columns=["frequency", "churned"])
    table.to_csv(tmp_path / "customer_data.csv", index=False)
    with pytest.raises(data.DataProblem) as problem:
        data.load_customers("sample")
    message = str(problem.value)
    assert "the columns frequency, churned" in message
    assert str(tmp_path / "customer_data.csv") in message
    assert "python data/generate_sample_data.py" in message


@pytest.mark.parametrize(("column", "value"), [("churned", 2), ("frequency", -1.0), ("total_orders", 0), ("age", 300)])
def test_an_impossible_value_names_its_column(column, value):
    table = data.load_customers("sample")
    table.loc[3, column] = value
    with pytest.raises(data.DataProblem, match=f"impossible values in the column {column}"):
        data.validate_customers(table, "this table", "Mend it.")


def test_text_in_a_number_column_names_its_column():
    table = data.load_customers("sample").astype({"recency_days": object})
    table.loc[3, "recency_days"] = "many"
    with pytest.raises(data.DataProblem, match="the column recency_days"):
        data.validate_customers(table, "this table", "Mend it.")


def test_a_missing_file_and_an_unknown_data_set_say_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKSHOP_DATA_DIR", str(tmp_path))
    with pytest.raises(data.DataProblem, match=r"does not exist.*python data/prepare_cdnow.py"):
        data.load_customers("cdnow")
    with pytest.raises(data.DataProblem, match="sample, cdnow"):
        data.load_customers("moon")


def test_features_of_one_customer_do_not_depend_on_the_others(customers):
    everybody = features.engineer_features(customers)
    for row in (0, 17, len(customers) - 1):
        alone = features.engineer_features(customers.iloc[[row]])
        pd.testing.assert_frame_equal(alone, everybody.iloc[[row]])


def test_features_are_numbers_without_gaps_and_need_no_label(customers):
    table = features.engineer_features(customers)
    assert table.notna().all().all()
    unlabelled = features.engineer_features(customers.drop(columns="churned"))
    pd.testing.assert_frame_equal(unlabelled, table.drop(columns="churned"))
    assert "recency_days" not in table
    assert {"support_tickets", "age"} & set(table) == {"support_tickets", "age"} & set(customers)


def test_the_split_is_stratified_and_shares_no_customer(split):
    assert not set(split.train_features.index) & set(split.test_features.index)
    assert len(split.test_labels) == 1_250
    assert abs(split.train_labels.mean() - split.test_labels.mean()) < 0.001


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_is_fitted_on_the_hold_out(split, family):
    """The hold-out made absurd: the model stays exactly the same."""
    absurd = training.Split(split.train_features, split.train_labels, split.test_features * 1e6, split.test_labels)
    honest, other = (training.train_model(part, family, SETTINGS, seed=1) for part in (split, absurd))
    assert honest["scaler"].mean_ == pytest.approx(split.train_features.mean().to_numpy(), rel=1e-9)
    assert (honest.predict_proba(split.test_features) == other.predict_proba(split.test_features)).all()


def test_the_metrics_compare_with_the_majority(split):
    model = training.train_model(split, "logistic_regression", SETTINGS, seed=1)
    metrics = evaluation.evaluate_model(model, split.test_features, split.test_labels)
    assert tuple(metrics) == evaluation.METRICS
    assert metrics["majority_rate"] == pytest.approx(1 - split.test_labels.mean())
    assert metrics["accuracy"] > metrics["majority_rate"]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_comes_back_from_mlflow_as_it_went(split, family, mlflow_client, tmp_path, monkeypatch):
    import mlflow.pyfunc

    model = training.train_model(split, family, SETTINGS, seed=1)
    tracked = tracking.log_training(
        model,
        split.test_features.head(5),
        experiment=f"test-{family}",
        registered_model=f"test-{family}",
        params={"family": family, "customers": 1_250},
        metrics={"roc_auc": 0.8},
        tags={"workshop/learner": "ada"},
    )
    back = tracking.load_model(tracked)
    assert (back.predict_proba(split.test_features) == model.predict_proba(split.test_features)).all()
    assert mlflow.pyfunc.load_model(tracked.uri).predict(split.test_features).shape == (1_250, 2)
    version = mlflow_client.get_model_version_by_alias(tracked.name, "challenger")
    assert (version.version, version.run_id, version.tags) == ("1", tracked.run_id, {"workshop/learner": "ada"})

    monkeypatch.setenv("WORKSHOP_DATA_DIR", str(tmp_path))
    file = predictions.save_predictions(predictions.predict_customers(back, split.test_features), tracked, "ada")
    saved = pd.read_csv(file, dtype={"customer_id": str})
    assert file == tmp_path / "predictions" / "ada" / f"test-{family}-v1.csv"
    assert set(saved["customer_id"]) == set(split.test_features.index)
    run = mlflow_client.get_run(tracked.run_id)
    assert run.data.metrics == {"roc_auc": 0.8, "predicted_customers": 1_250}
    assert run.info.status == "FINISHED"
    (artifact,) = mlflow_client.list_artifacts(tracked.run_id, "predictions")
    assert artifact.path == f"predictions/{file.name}"


def test_the_link_to_mlflow_is_the_one_that_a_browser_opens(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow:5000/")
    assert tracking.mlflow_run_url("3", "abc") == "http://mlflow:5000/#/experiments/3/runs/abc"
    monkeypatch.setenv("MLFLOW_PUBLIC_URL", "http://localhost:5001")
    assert tracking.mlflow_run_url("3", "abc") == "http://localhost:5001/#/experiments/3/runs/abc"
    monkeypatch.delenv("MLFLOW_PUBLIC_URL")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db")
    assert tracking.mlflow_run_url("3", "abc") == "abc"


COMMAND_LINE = "Prefect_Workshop.py"
"""Imports a part when it is asked for, in a process of its own: its imports may be late."""


@pytest.mark.parametrize("file", sorted((ROOT / "workshop").rglob("*.py")), ids=lambda file: file.stem)
def test_workshop_is_imported_at_the_top_only_and_app_never(file):
    """An import inside a function is done late: in Dagster it would find another workspace's code."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not any(name.split(".")[0] == "app" for name in names)
        if any(name.split(".")[0] == "workshop" for name in names):
            assert node in tree.body or file.name == COMMAND_LINE


@pytest.mark.parametrize("file", sorted((ROOT / "workshop" / "churn").glob("*.py")), ids=lambda file: file.stem)
def test_the_churn_code_knows_no_orchestrator(file):
    assert not re.search(r"^\s*(import|from) (prefect|dagster)", file.read_text(), re.MULTILINE)


@pytest.mark.parametrize("tool", ["prefect", "dagster", "mlflow"])
def test_no_folder_of_ours_shadows_a_package(tool):
    assert not (ROOT / "workshop" / tool / "__init__.py").exists()
