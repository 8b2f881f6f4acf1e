"""Dots carry the numbers of the columns, and a line over versions has their aliases."""

from dataclasses import replace

import pytest

from app.components.tracking.metric_chart import show_metric_dots, show_metric_over_versions
from app.engine.tracking.comparison import Row
from tests.components.facts import version
from tests.shown import charts, shown

ROWS = [
    Row("metric", "roc_auc", (0.8, 0.9, None)),
    Row("metric", "log_loss", (0.4, 0.3, 0.5)),
    Row("metric", "rows", (5.0, 5.0, 5.0)),
    Row("param", "seed", ("1", "2", "3")),
]
VERSIONS = [version(3, roc_auc=0.9), version(2, "champion", roc_auc=0.8), version(1), version(10, roc_auc=0.85)]


def test_each_metric_that_differs_has_a_row_of_dots_with_the_numbers_of_the_columns():
    (chart,) = charts(shown(show_metric_dots, ROWS, ["a", "a", "b"], "dots"))
    assert [chart["layout"][axis]["ticktext"] for axis in ("yaxis", "yaxis2")] == [["roc_auc ↑"], ["log_loss ↓"]]
    assert "yaxis3" not in chart["layout"]
    assert [(dot["name"], dot["text"], dot["x"]) for dot in chart["data"][:3]] == [
        ("1 · a", ["1"], [0.8]),
        ("2 · a", ["2"], [0.9]),
        ("3 · b", ["3"], [None]),
    ]


def test_the_best_dot_has_a_ring():
    (chart,) = charts(shown(show_metric_dots, ROWS, ["a", "b", "c"], "dots"))
    assert [dot["marker"]["line"]["width"] > 0 for dot in chart["data"]] == [False, True, False, False, True, False]


def test_dots_stay_inside_their_own_scale():
    (chart,) = charts(shown(show_metric_dots, ROWS, ["a", "b", "c"], "dots"))
    low, high = chart["layout"]["xaxis2"]["range"]
    assert low < 0.3
    assert high > 0.5


@pytest.mark.parametrize("rows", [[], ROWS[2:]])
def test_without_a_metric_that_differs_there_is_no_chart(rows):
    page = shown(show_metric_dots, rows, ["a", "b", "c"], "dots")
    assert (charts(page), len(page.exception)) == ([], 0)


def test_versions_come_in_their_order_and_one_without_the_metric_is_left_out():
    (chart,) = charts(shown(show_metric_over_versions, VERSIONS, "roc_auc", [], "line"))
    (line,) = chart["data"]
    assert (line["x"], line["y"]) == ([2, 3, 10], [0.8, 0.9, 0.85])
    assert chart["layout"]["xaxis"]["ticktext"] == ["v2", "v3", "v10"]


def test_each_data_set_has_a_line_of_its_own():
    versions = [
        replace(version(number, f1=number / 10), params={"dataset": name})
        for number, name in ((1, "sample"), (2, "cdnow"), (3, "sample"))
    ]
    (chart,) = charts(shown(show_metric_over_versions, versions, "f1", [], "line"))
    assert [(line["name"], line["x"]) for line in chart["data"]] == [("sample", [1, 3]), ("cdnow", [2])]


def test_aliases_stand_at_their_version_and_picked_versions_are_larger():
    (chart,) = charts(shown(show_metric_over_versions, VERSIONS, "roc_auc", [3], "line"))
    (note,) = chart["layout"]["annotations"]
    assert (note["text"], note["x"], note["y"]) == ("champion", 2, 0.8)
    small, large, other = chart["data"][0]["marker"]["size"]
    assert small == other < large


@pytest.mark.parametrize("values", [(0.8, 0.8), (0.8, 0.8000001), (0.0, 0.0)])
def test_values_that_hardly_differ_do_not_look_far_apart(values):
    versions = [version(number, roc_auc=value) for number, value in enumerate(values, 1)]
    (chart,) = charts(shown(show_metric_over_versions, versions, "roc_auc", [], "line"))
    low, high = chart["layout"]["yaxis"]["range"]
    assert high - low > 0.01


def test_a_metric_that_no_version_has_gives_an_empty_chart():
    (chart,) = charts(shown(show_metric_over_versions, [version(1)], "roc_auc", [], "line"))
    assert chart["data"][0]["x"] == []
