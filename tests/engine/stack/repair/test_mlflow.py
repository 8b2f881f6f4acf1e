"""Which open MLflow runs end with their maker, on a real MLflow server; the makers' word is given by the test."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from mlflow import MlflowClient

from app.engine.orchestrators.transport import Transport
from app.engine.stack.repair.mlflow import Ending, end_open_runs
from workshop.naming import DAGSTER_RUN_TAG, ENDED_BECAUSE_TAG, MLFLOW_PARENT_TAG, PREFECT_RUN_TAG

Begin = Callable[..., str]


@pytest.fixture
def client(mlflow_server: str) -> MlflowClient:
    return MlflowClient(mlflow_server)


@pytest.fixture
def begin(client: MlflowClient) -> Iterator[Begin]:
    """Begin a run, by a maker or inside another one, so many minutes from now."""
    experiment = client.create_experiment(f"repair-{time.monotonic_ns()}")

    def begin(maker: str = "", inside: str = "", minutes: float = 0, tag: str = PREFECT_RUN_TAG) -> str:
        tags = {key: value for key, value in ((tag, maker), (MLFLOW_PARENT_TAG, inside)) if value}
        start = int((time.time() + minutes * 60) * 1000)
        return str(client.create_run(experiment, start, tags).info.run_id)

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


def test_what_was_begun_inside_a_run_ends_with_its_maker(mlflow_server, client, begin):
    maker = str(uuid4())
    search = begin(maker)
    trial = begin(inside=search)
    fold = begin(inside=trial)
    client.set_terminated(search)
    client.set_terminated(trial)
    other = begin(inside=begin())
    repaired(mlflow_server, maker)
    assert [client.get_run(run).info.status for run in (search, fold, other)] == ["FINISHED", "FAILED", "RUNNING"]


def test_what_another_maker_or_a_later_hand_began_inside_a_run_is_left_open(mlflow_server, client, begin):
    maker = str(uuid4())
    search = begin(maker)
    theirs = begin(str(uuid4()), inside=search, tag=DAGSTER_RUN_TAG)
    later = begin(inside=search, minutes=5)
    repaired(mlflow_server, maker)
    assert [client.get_run(run).info.status for run in (search, theirs, later)] == ["FAILED", "RUNNING", "RUNNING"]


def test_runs_that_name_each_other_as_parent_end_nothing(mlflow_server, client, begin):
    one = begin()
    two = begin(inside=one)
    client.set_tag(one, MLFLOW_PARENT_TAG, two)
    odd = begin(inside="../runs/search")
    repaired(mlflow_server)
    assert {client.get_run(run).info.status for run in (one, two, odd)} == {"RUNNING"}
