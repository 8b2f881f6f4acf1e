"""The board draws the newest data set's runs: a dot for each, a stepped line for the best."""

import pytest

from app.components.board import metric
from tests.components.facts import tracked
from tests.shown import charts, shown

RUNS = [
    tracked(4, 40, "cdnow", roc_auc=0.7),
    tracked(3, 30, "sample", roc_auc=0.99),
    tracked(2, 20, "cdnow", roc_auc=0.8),
    tracked(1, 10, "cdnow", roc_auc=0.6),
]


def chart_of(*runs, best_of_older=None):
    page = shown(metric.show, runs, best_of_older, 200, "metric")
    assert not page.exception
    return charts(page)[0]


def test_runs_are_dots_and_the_best_so_far_is_a_stair():
    stair, dots = chart_of(*RUNS)["data"]
    assert dots["y"] == [0.6, 0.8, 0.7]
    assert stair["y"] == [0.6, 0.8, 0.8]
    assert stair["line"]["shape"] == "hv"


def test_the_best_so_far_knows_the_runs_that_are_too_old_for_the_board():
    chart = chart_of(*RUNS, best_of_older=tracked(0, 0, "cdnow", roc_auc=0.75))
    stair, dots = chart["data"]
    assert dots["y"] == [0.6, 0.8, 0.7]
    assert stair["y"] == [0.75, 0.8, 0.8]
    unbeaten = chart_of(*RUNS, best_of_older=tracked(0, 0, "cdnow", roc_auc=0.9))
    assert unbeaten["data"][0]["y"] == [0.9, 0.9, 0.9]
    assert unbeaten["layout"]["yaxis"]["range"][1] > 0.9


def test_the_data_set_is_that_of_the_newest_run_and_is_named():
    layout = chart_of(*RUNS)["layout"]
    assert layout["yaxis"]["title"]["text"] == "roc_auc · cdnow"
    assert layout["annotations"][0]["text"] == "best so far 0.800"


def test_a_run_that_has_only_begun_takes_nothing_off_the_chart():
    chart = chart_of(tracked(5, 50, "sample"), *RUNS)
    assert chart["layout"]["yaxis"]["title"]["text"] == "roc_auc · cdnow"
    assert len(chart["data"]) == 2


@pytest.mark.parametrize(
    ("values", "reach"), [([0.8], (0.78, 0.82)), ([0.8, 0.801], (0.78, 0.821)), ([0.5, 0.9], (0.42, 0.98))]
)
def test_the_axis_is_as_long_as_the_values_differ_and_no_shorter_than_can_be_read(values, reach):
    runs = [tracked(number, number, "cdnow", roc_auc=value) for number, value in enumerate(values, 1)]
    assert chart_of(*runs)["layout"]["yaxis"]["range"] == pytest.approx(reach)


@pytest.mark.parametrize("runs", [(), (tracked(1, f1=0.5),)])
def test_without_a_run_that_has_the_metric_the_chart_is_empty(runs):
    chart = chart_of(*runs)
    assert chart["data"] == []
    assert not chart["layout"]["xaxis"]["visible"]
