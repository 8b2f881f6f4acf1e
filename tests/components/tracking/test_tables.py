"""The tables of runs and versions: who made each, its metrics and params, and links into both tools."""

from dataclasses import replace

import pytest

from app.components.tracking import run_comparison, version_comparison
from app.components.tracking.run_table import show_run_table
from app.components.tracking.version_table import show_version_table
from tests.components.facts import tracked, version
from tests.shown import shown, words
from workshop.naming import DAGSTER_RUN_TAG, ENDED_BECAUSE_TAG, PREFECT_RUN_TAG

pytestmark = pytest.mark.usefixtures("services_down")
FLOW_RUN, DAGSTER_RUN = (f"{number:08}-0000-4000-8000-000000000000" for number in range(2))
BY_PREFECT = replace(tracked(1, roc_auc=0.8), tags={PREFECT_RUN_TAG: FLOW_RUN})
BY_DAGSTER = replace(tracked(2, roc_auc=0.9), tags={DAGSTER_RUN_TAG: DAGSTER_RUN})
BY_HAND = tracked(3, dataset="cdnow", log_loss=0.4)
RUNS = [BY_PREFECT, BY_DAGSTER, BY_HAND]
SOURCES = {run.id: run for run in RUNS}
VERSIONS = [version(2, "champion", roc_auc=0.9), version(1, roc_auc=0.8)]


def column(page, name):
    assert not page.exception
    return page.dataframe[0].value[name].tolist()


def test_each_run_names_who_made_it_and_links_that_run():
    page = shown(show_run_table, RUNS, "runs")
    assert column(page, "maker") == ["Prefect", "Dagster", "By hand"]
    assert column(page, "maker_url")[:2] == [
        f"https://prefect.example/runs/flow-run/{FLOW_RUN}",
        f"https://dagster.example/runs/{DAGSTER_RUN}",
    ]
    assert column(page, "url")[0] == "https://mlflow.example/#/experiments/1/runs/m1"


def test_a_run_that_was_left_open_says_why_it_was_ended():
    left = replace(BY_HAND, tags={ENDED_BECAUSE_TAG: "Its flow run Crashed."})
    assert column(shown(show_run_table, [BY_PREFECT, left], "runs"), "ended_because")[1] == "Its flow run Crashed."
    (table,) = shown(show_run_table, RUNS, "runs").dataframe
    assert "ended_because" not in table.proto.column_order


def test_metrics_and_params_are_columns_named_as_in_the_filter():
    page = shown(show_run_table, RUNS, "runs")
    assert column(page, "metrics.roc_auc")[:2] == [0.8, 0.9]
    assert column(page, "params.dataset") == ["sample", "sample", "cdnow"]


def test_each_version_has_its_alias_and_links_to_itself_and_its_source():
    page = shown(show_version_table, VERSIONS, SOURCES, "versions")
    assert column(page, "version") == ["v2", "v1"]
    assert [list(aliases) for aliases in column(page, "aliases")] == [["champion"], []]
    assert column(page, "maker") == ["Dagster", "Prefect"]
    assert column(page, "source")[0] == "https://mlflow.example/#/experiments/1/runs/m2"
    assert column(page, "url")[0] == "https://mlflow.example/#/models/churn-predictor/versions/2"


def test_a_version_whose_source_run_is_gone_is_still_a_row():
    page = shown(show_version_table, VERSIONS, {}, "versions")
    assert column(page, "version") == ["v2", "v1"]
    assert column(page, "source") == [None, None]


@pytest.mark.parametrize(
    ("noun", "draw", "things"),
    [
        ("run", lambda things: run_comparison.show(things, "runs"), RUNS),
        ("version", lambda things: version_comparison.show(things, SOURCES, "versions"), VERSIONS),
    ],
    ids=["runs", "versions"],
)
def test_with_fewer_than_two_it_says_what_to_tick(noun, draw, things):
    assert f"Tick two or more {noun}s in the table." in words(shown(draw, []))
    assert f"Tick one more {noun} in the table." in words(shown(draw, things[:1]))
    assert not shown(draw, things[:2]).caption


def test_runs_side_by_side_link_themselves_and_their_makers():
    page = shown(run_comparison.show, [BY_PREFECT, BY_HAND], "runs")
    frame = page.table[0].value
    assert list(frame.loc["**MLflow**"]) == [
        "[m1](https://mlflow.example/#/experiments/1/runs/m1)",
        "[m3](https://mlflow.example/#/experiments/1/runs/m3)",
    ]
    assert list(frame.loc["**Made by**"]) == [f"[Prefect](https://prefect.example/runs/flow-run/{FLOW_RUN})", "By hand"]


def test_versions_side_by_side_show_alias_and_source():
    page = shown(version_comparison.show, VERSIONS, SOURCES, "versions")
    frame = page.table[0].value
    assert list(frame.columns) == ["1 · v2", "2 · v1"]
    assert list(frame.loc["**Aliases**"]) == [":violet-badge[champion]", "–"]
    assert list(frame.loc["**Source run**"])[1] == "[forest-1](https://mlflow.example/#/experiments/1/runs/m1)"


def test_what_is_the_same_is_shown_on_request():
    page = shown(run_comparison.show, [BY_PREFECT, BY_DAGSTER], "runs")
    assert not [label for label in page.table[0].value.index if "dataset" in label]
    page.toggle("differences").set_value(False).run()
    assert [label for label in page.table[0].value.index if "dataset" in label]


@pytest.mark.parametrize("claim", ["../../graphql?query=mutation", "![x](http://evil.example)", "f1"])
def test_a_maker_that_cannot_be_one_is_neither_named_nor_linked(claim):
    runs = [replace(BY_PREFECT, tags={PREFECT_RUN_TAG: claim}), BY_HAND]
    assert column(shown(show_run_table, runs, "runs"), "maker_url") == [None, None]
    side_by_side = shown(run_comparison.show, runs, "runs").table[0].value
    assert list(side_by_side.loc["**Made by**"]) == ["By hand", "By hand"]
