"""The Prefect steps, run for real on a Prefect API and an MLflow server of the tests' own."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from prefect import tags
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import ParameterTypeError
from prefect.utilities.callables import parameter_schema

from tests.workshop.conftest import DEADLINE
from tests.workshop.steps import wait_for
from tests.workspaces import copy_workshop
from workshop import naming
from workshop.prefect.part1_tasks_flows.flow import tasks_and_flows
from workshop.prefect.part5_full_pipeline.flow import churn_pipeline

FEATURES_STATE = """
from prefect import flow
from workshop.prefect.part5_full_pipeline.flow import engineer_features, load_customers

@flow
def look():
    state = engineer_features(load_customers("sample"), return_state=True)
    print("STATE", state.name, state.result(raise_on_failure=True).shape)

look()
"""


def flow_run_of(state: Any) -> FlowRun:
    with get_client(sync_client=True) as client:
        return client.read_flow_run(state.state_details.flow_run_id)


def task_inputs_of(run: FlowRun, count: int) -> dict[str, set[str]]:
    """Task run → the task runs whose results it received; both by the task's name. Waits until all are recorded."""
    wanted = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
    with get_client(sync_client=True) as client:
        task_runs = wait_for(lambda: client.read_task_runs(flow_run_filter=wanted), lambda tasks: len(tasks) == count)
    names = {task.id: task.name.rsplit("-", 1)[0] for task in task_runs}
    return {
        names[task.id]: {
            names[given.id] for inputs in task.task_inputs.values() for given in inputs if hasattr(given, "id")
        }
        for task in task_runs
    }


@pytest.mark.usefixtures("prefect_api")
@pytest.mark.parametrize(("dataset", "customers"), [("sample", 5_000), ("cdnow", 23_570)])
def test_part1_runs_three_tasks_on_each_others_results(dataset, customers):
    state = tasks_and_flows(dataset, return_state=True)
    assert state.is_completed()
    assert state.result()["customers"] == customers
    assert task_inputs_of(flow_run_of(state), 3) == {
        "load_customers": set(),
        "engineer_features": {"load_customers"},
        "summarise": {"engineer_features"},
    }


def test_part5_carries_bounds_defaults_and_help_in_prefects_own_schema():
    properties = parameter_schema(churn_pipeline).model_dump()["properties"]
    assert properties["dataset"]["enum"] == ["sample", "cdnow"]
    assert properties["family"]["enum"] == ["logistic_regression", "random_forest", "gradient_boosting"]
    bounds = {name: (part["minimum"], part["maximum"]) for name, part in properties.items() if "minimum" in part}
    assert bounds == {
        "test_size": (0.1, 0.5),
        "inverse_regularisation": (0.001, 100),
        "n_estimators": (10, 500),
        "max_depth": (1, 20),
        "learning_rate": (0.01, 1),
        "seed": (0, 9999),
    }
    assert all("default" in part and part["description"] for part in properties.values())


@pytest.mark.usefixtures("prefect_api")
def test_part5_refuses_what_is_out_of_bounds():
    with pytest.raises(ParameterTypeError, match="test_size"):
        churn_pipeline(test_size=0.9)


@pytest.mark.usefixtures("prefect_api")
@pytest.mark.parametrize(
    ("learner", "dataset", "family"), [("me", "sample", "logistic_regression"), ("ada", "cdnow", "gradient_boosting")]
)
def test_part5_leads_from_flow_run_to_predictions_and_back(
    learner, dataset, family, mlflow_client, generated, tmp_path, monkeypatch
):
    for file in generated.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setenv("WORKSHOP_DATA_DIR", str(tmp_path))
    labels = {} if learner == "me" else {naming.LEARNER_TAG: learner, naming.STEP_TAG: "part5_full_pipeline"}
    with tags(*naming.labels_to_tags(labels)):
        state = churn_pipeline(dataset, family, n_estimators=20, return_state=True)
    flow_run = flow_run_of(state)

    name = naming.model_name(learner)
    version = mlflow_client.get_model_version_by_alias(name, "challenger")
    run = mlflow_client.get_run(version.run_id)
    experiment = mlflow_client.get_experiment(run.info.experiment_id)
    assert experiment.name == naming.experiment_name(learner, "part5_full_pipeline")
    assert run.data.tags[naming.PREFECT_RUN_TAG] == str(flow_run.id)
    assert labels.items() <= run.data.tags.items()
    assert version.tags == {**labels, naming.PREFECT_RUN_TAG: str(flow_run.id)}
    assert run.info.run_id in artifact_of(flow_run)

    customers = pd.read_csv(generated / {"sample": "customer_data.csv", "cdnow": "cdnow_customers.csv"}[dataset])
    assert run.data.params["customers"] == str(len(customers))
    assert run.data.metrics["predicted_customers"] == len(customers)
    assert {metric: run.data.metrics[metric] for metric in state.result()} == pytest.approx(state.result())
    saved = pd.read_csv(
        tmp_path / "predictions" / learner / f"{name}-v{version.version}.csv", dtype={"customer_id": str}
    )
    assert len(saved) == len(customers)


@pytest.mark.usefixtures("prefect_api")
def test_part5_stops_at_a_missing_column_and_registers_nothing(mlflow_client, generated, tmp_path, monkeypatch):
    table = pd.read_csv(generated / "customer_data.csv").drop(columns="recency_days")
    table.to_csv(tmp_path / "customer_data.csv", index=False)
    monkeypatch.setenv("WORKSHOP_DATA_DIR", str(tmp_path))
    with tags(f"{naming.LEARNER_TAG}:broken"):
        state = churn_pipeline(return_state=True)
    assert state.is_failed()
    assert "the column recency_days" in str(exception_of(state))
    assert not mlflow_client.search_registered_models("name = 'churn-predictor-broken'")


def test_features_are_cached_until_the_data_or_their_code_change(prefect_api, generated, tmp_path):
    """Each look is a process of its own, as with a worker."""
    workspace = copy_workshop(tmp_path / "workspace")
    (tmp_path / "data").mkdir()
    csv = tmp_path / "data" / "customer_data.csv"
    csv.write_bytes((generated / "customer_data.csv").read_bytes())
    environment = os.environ | {
        "PREFECT_API_URL": prefect_api,
        "PREFECT_HOME": str(tmp_path / "home"),
        "WORKSHOP_DATA_DIR": str(csv.parent),
        "PYTHONPATH": str(workspace),
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def look() -> str:
        command = [sys.executable, "-c", FEATURES_STATE]
        done = subprocess.run(
            command, cwd=workspace, env=environment, capture_output=True, text=True, timeout=DEADLINE, check=False
        )
        return next((line for line in done.stdout.splitlines() if line.startswith("STATE")), done.stderr[-2000:])

    assert look() == "STATE Completed (5000, 10)"
    assert look() == "STATE Cached (5000, 10)"
    edit(workspace / "workshop" / "churn" / "features.py", 'by_customer["days_since_signup"] / 365,\n', append_feature)
    assert look() == "STATE Completed (5000, 11)"
    assert look() == "STATE Cached (5000, 11)"
    edit(
        workspace / "workshop" / "prefect" / "part5_full_pipeline" / "flow.py",
        '"Engineered %d',
        lambda text: text + " new",
    )
    assert look() == "STATE Completed (5000, 11)"
    csv.write_text(csv.read_text().replace("C00001,", "C99999,"))
    assert look() == "STATE Completed (5000, 11)"


def append_feature(line: str) -> str:
    return line + '            "months": by_customer["days_since_signup"] / 30,\n'


def edit(file: Path, old: str, change: Any) -> None:
    text = file.read_text()
    assert text.count(old) >= 1
    position = text.rindex(old)
    file.write_text(text[:position] + change(old) + text[position + len(old) :])


def artifact_of(flow_run: FlowRun) -> str:
    """The text of the one artifact that a flow run left in Prefect."""

    async def read() -> list[Any]:
        async with get_client() as client:
            wanted = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[flow_run.id]))
            return await client.read_artifacts(artifact_filter=wanted)

    (artifact,) = asyncio.run(read())
    return str(artifact.data)


def exception_of(state: Any) -> BaseException:
    """The exception behind a failed state."""
    return state.result(raise_on_failure=False)
