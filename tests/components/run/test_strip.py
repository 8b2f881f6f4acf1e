"""What came out of a run: the MLflow run, the versions with their aliases, and the predictions, each with its link."""

import pytest

from app.components.run import strip as run_strip
from tests.components.facts import run_in
from tests.engine.http_service import http_service
from tests.shown import Link, links, panel, shown, words

EXPERIMENTS = {"experiments": [{"experiment_id": "7", "name": "churn"}]}
RUNS = {
    "runs": [
        {
            "info": {
                "run_id": "m1",
                "run_name": "forest_1",
                "experiment_id": "7",
                "status": "FINISHED",
                "start_time": 1,
                "end_time": 2,
            },
            "data": {"metrics": [{"key": "predicted_customers", "value": 5000, "timestamp": 1, "step": 0}]},
        }
    ]
}
VERSION = {"name": "churn-predictor", "version": "3", "run_id": "m1", "creation_timestamp": 1, "status": "READY"}
VERSIONS = {"model_versions": [VERSION]}
MODEL = {"registered_model": {"name": "churn-predictor", "aliases": [{"alias": "champion", "version": "3"}]}}
FLOW_RUN = Link("Flow run calm-owl", "https://prefect.example/runs/flow-run/r1")
MLFLOW_RUN = Link("MLflow run forest_1", "https://mlflow.example/#/experiments/7/runs/m1")
MODEL_VERSION = Link("churn-predictor version 3", "https://mlflow.example/#/models/churn-predictor/versions/3")


@pytest.fixture
def strip(tmp_path):
    """Shows the strip of a run of which MLflow answers this, question by question."""
    with http_service() as mlflow, panel(tmp_path, mlflow=mlflow.url):

        def show(*answers):
            mlflow.answers = [(200, answer) for answer in answers]
            return shown(run_strip.show, run_in())

        yield show


def test_the_way_from_the_run_to_the_predictions_is_linked(strip):
    page = strip(EXPERIMENTS, RUNS, VERSIONS, MODEL, VERSIONS, EXPERIMENTS, RUNS)
    assert not page.exception
    assert links(page) == [FLOW_RUN, MLFLOW_RUN, MODEL_VERSION]
    assert ":violet-badge[:material/sell: @champion]" in words(page)
    assert "5,000 predictions" in words(page)


def test_a_run_that_registered_nothing_ends_at_its_mlflow_run(strip):
    assert links(strip(EXPERIMENTS, RUNS, {})) == [FLOW_RUN, MLFLOW_RUN]


def test_a_run_of_which_mlflow_knows_nothing_is_linked_alone(strip):
    page = strip(EXPERIMENTS, {})
    assert links(page) == [FLOW_RUN]
    assert "arrow_forward" not in words(page)


@pytest.mark.parametrize(
    ("orchestrator", "label", "url"),
    [
        ("prefect", "Flow run calm-owl", "https://prefect.example/runs/flow-run/r1"),
        ("dagster", "Dagster run calm-owl", "https://dagster.example/runs/r1"),
    ],
)
@pytest.mark.usefixtures("services_down")
def test_the_run_is_linked_while_mlflow_is_down_and_the_strip_says_so(orchestrator, label, url):
    page = shown(run_strip.show, run_in(orchestrator=orchestrator))
    assert links(page) == [Link(label, url)]
    assert "MLflow does not answer" in page.warning[0].value
