"""The board has what a real MLflow server recorded, and the last answers of a service that is down."""

import pytest

from app.engine.classroom import board
from app.engine.classroom.board import read_board
from app.engine.errors import ServiceDown
from app.engine.tracking.client import MlflowStore
from tests.workshop.evidence import run_in
from workshop.facts import RunPhase

BEGIN = 2_000_000_000_000


@pytest.fixture(scope="module")
def store(mlflow_server):
    """Five runs, one after another: two data sets, and one that has measured nothing yet."""
    from mlflow import MlflowClient

    client = MlflowClient(mlflow_server)
    experiment = client.create_experiment("board")
    arrived = [("cdnow", 0.9), ("sample", 0.99), ("cdnow", 0.7), ("cdnow", 0.8), ("sample", None)]
    for minute, (dataset, value) in enumerate(arrived):
        run = client.create_run(experiment, start_time=BEGIN + 60_000 * minute).info.run_id
        client.log_param(run, "dataset", dataset)
        if value is not None:
            client.log_metric(run, "roc_auc", value)
    return MlflowStore(mlflow_server, mlflow_server)


@pytest.mark.parametrize(("length", "best"), [(2, 0.9), (3, 0.9), (1, None)])
def test_the_best_of_the_older_runs_is_of_the_newest_data_set(monkeypatch, store, length, best):
    monkeypatch.setattr(board, "MLFLOW_RUNS", length)
    now = read_board([], store, list, {})
    assert len(now.mlflow_runs) == length
    assert (now.best_of_older.metrics["roc_auc"] if now.best_of_older else None) == best
    assert now.problems == ()


def test_a_board_that_shows_every_run_asks_for_no_older_one(monkeypatch, store):
    monkeypatch.setattr(board, "MLFLOW_RUNS", 10_000)
    assert read_board([], store, list, {}).best_of_older is None


class Orchestrator:
    """One that can be switched off."""

    name = "prefect"
    is_up = True

    def recent(self, _since):
        if not self.is_up:
            raise ServiceDown("Prefect", "http://127.0.0.1:4200")
        return [run_in(RunPhase.RUNNING)]

    def upcoming(self):
        self.recent(None)
        return []


def test_while_a_service_is_down_the_board_has_what_it_said_last(store):
    orchestrator, last_answers = Orchestrator(), {}
    orchestrator.is_up = False
    now = read_board([orchestrator], store, list, last_answers)
    assert (now.running, len(now.problems)) == ((), 1)
    orchestrator.is_up = True
    before = read_board([orchestrator], store, list, last_answers)
    orchestrator.is_up = False
    now = read_board([orchestrator], store, list, last_answers)
    assert now.running == before.running == (run_in(RunPhase.RUNNING),)
    assert "Prefect does not answer" in now.problems[0]
