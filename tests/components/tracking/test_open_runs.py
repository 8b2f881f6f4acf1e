"""An open MLflow run without a maker has a button that ends it, on a real MLflow server."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
import streamlit as st

from app.components.tracking import open_runs
from tests.shown import page_of, panel, words
from workshop.naming import PREFECT_RUN_TAG

AN_HOUR = 3_600_000


@pytest.fixture
def client(mlflow_server):
    from mlflow import MlflowClient

    return MlflowClient(mlflow_server)


@pytest.fixture
def experiment(client):
    id_ = client.create_experiment(f"open-runs-{time.monotonic_ns()}")
    yield id_
    client.delete_experiment(id_)


@pytest.fixture
def runs_page(tmp_path, mlflow_server):
    def draw() -> None:
        open_runs.show(st.empty())

    with panel(tmp_path, mlflow=mlflow_server):
        yield page_of(draw)


def begin(client, experiment, name, ago, **tags):
    start = int(time.time() * 1000) - ago
    return client.create_run(experiment, start_time=start, run_name=name, tags=tags).info.run_id


def test_it_says_since_when_and_that_nobody_knows_by_whom(client, experiment, runs_page):
    page = runs_page
    begin(client, experiment, "[notebook](https://evil.example)", AN_HOUR)
    begin(client, experiment, "of-a-flow", AN_HOUR, **{PREFECT_RUN_TAG: str(uuid4())})
    begin(client, experiment, "just-begun", 0)
    text = words(page.run())
    assert not page.exception
    assert "(1 h), nobody knows by whom" in text
    assert "[notebook](https://evil.example)" in text
    assert any("[&#91;notebook&#93;" in each.value for each in page.markdown)  # as text
    assert "of-a-flow" not in text
    assert "just-begun" not in text
    assert "It stops no program" in text


def test_the_button_ends_that_run_and_no_other(client, experiment, runs_page):
    page = runs_page
    mine, other = (begin(client, experiment, name, AN_HOUR) for name in ("mine", "other"))
    page.run().button(f"end_run:{mine}").click().run()
    assert not page.exception
    assert [client.get_run(run).info.status for run in (mine, other)] == ["KILLED", "RUNNING"]
    assert f"end_run:{mine}" not in [button.key for button in page.button]


def test_a_run_that_is_gone_is_said_and_the_page_goes_on(client, experiment, runs_page):
    page = runs_page
    run = begin(client, experiment, "gone", AN_HOUR)
    page.run()
    client.delete_run(run)
    page.button(f"end_run:{run}").click().run()
    assert not page.exception
    assert f"end_run:{run}" not in [button.key for button in page.button]


@pytest.mark.usefixtures("services_down")
def test_why_a_run_could_not_be_ended_is_said_for_a_while(monkeypatch):
    def draw() -> None:
        st.button("end", on_click=open_runs._end, args=("0" * 32,), key="end")
        open_runs.show(st.empty())

    page = page_of(draw).run().button("end").click().run()
    assert not page.exception
    assert len(page.error) == 1
    assert len(page.run().error) == 1
    monkeypatch.setattr(open_runs, "READ", timedelta(0))
    assert len(page.run().error) == 0
    assert len(page.run().error) == 0


@pytest.mark.usefixtures("services_down")
def test_nothing_is_shown_while_mlflow_is_down_but_the_reason():
    page = page_of(lambda: open_runs.show(st.empty())).run()
    assert not page.exception
    assert (len(page.button), len(page.warning)) == (0, 1)
