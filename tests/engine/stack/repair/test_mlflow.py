"""Which open MLflow runs end with their maker, on a real MLflow server; the makers' word is given by the test."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from mlflow import MlflowClient

from app.engine.stack.repair.mlflow import Ending, end_open_runs
from app.engine.transport import Transport
from workshop.naming import ENDED_BECAUSE_TAG, PREFECT_RUN_TAG

Begin = Callable[..., str]


@pytest.fixture
def client(mlflow_server: str) -> MlflowClient:
    return MlflowClient(mlflow_server)


@pytest.fixture
def begin(client: MlflowClient) -> Iterator[Begin]:
    """Begin a run; a maker and a parent are optional."""
    experiment = client.create_experiment(f"repair-{time.monotonic_ns()}")

    def begin(maker: str = "") -> str:
        tags = {PREFECT_RUN_TAG: maker} if maker else {}
        return str(client.create_run(experiment, tags=tags).info.run_id)

    yield begin
    client.delete_experiment(experiment)


def repaired(mlflow_server: str, *makers: str) -> set[str]:
    """Repair when these makers have ended just now, and give which others were asked about."""
    asked: set[str] = set()
    ending = Ending("flow run able-fox", "Crashed", False, datetime.now(UTC) + timedelta(seconds=1))

    def ended(ids: set[str]) -> dict[str, Ending]:
        asked.update(ids)
        return {id_: ending for id_ in ids if id_ in makers}

    list(end_open_runs(Transport("MLflow", mlflow_server), PREFECT_RUN_TAG, ended))
    return asked


def test_a_tag_that_names_no_run_does_not_stop_the_repair_of_the_others(mlflow_server, client, begin):
    maker = str(uuid4())
    lost, odd = begin(maker), begin("None")
    assert repaired(mlflow_server, maker) >= {maker}
    assert "None" not in repaired(mlflow_server, maker)
    assert [client.get_run(run).info.status for run in (lost, odd)] == ["FAILED", "RUNNING"]
    assert "able-fox" in client.get_run(lost).data.tags[ENDED_BECAUSE_TAG]
