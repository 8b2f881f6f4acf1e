"""Runs and versions side by side: what differs, what is best, and how numbers are written."""

from dataclasses import dataclass, field

import pytest

from app.engine.tracking.comparison import Row, better, compare, metric_names, param_names


@dataclass(frozen=True)
class Thing:
    params: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


def test_metrics_come_first_then_params_then_the_tags_that_people_wrote():
    left = Thing({"family": "forest"}, {"roc_auc": 0.8, "f1": 0.5}, {"mlflow.user": "root", "team": "a"})
    right = Thing({"family": "forest", "depth": "4"}, {"roc_auc": 0.9}, {"mlflow.source.name": "x"})
    assert [(row.kind, row.name, row.values) for row in compare([left, right])] == [
        ("metric", "f1", (0.5, None)),
        ("metric", "roc_auc", (0.8, 0.9)),
        ("param", "family", ("forest", "forest")),
        ("param", "depth", (None, "4")),
        ("tag", "team", ("a", None)),
    ]


@pytest.mark.parametrize(("other", "best"), [("cdnow", set()), ("sample", {1})])
def test_no_value_is_better_than_one_of_another_data_set(other, best):
    things = [Thing({"dataset": "sample"}, {"accuracy": 0.8}), Thing({"dataset": other}, {"accuracy": 0.9})]
    assert compare(things)[0].best == best


def test_nothing_to_compare_gives_no_rows():
    assert compare([]) == []
    assert compare([Thing(), Thing()]) == []


@pytest.mark.parametrize(
    ("values", "differs"), [(("a", "a"), False), (("a", "b"), True), ((0.5, None), True), ((None, None), False)]
)
def test_values_that_are_not_all_the_same_differ(values, differs):
    assert Row("param", "x", values).differs is differs


@pytest.mark.parametrize(
    ("metric", "direction"),
    [
        ("roc_auc", "higher"),
        ("val-accuracy", "higher"),
        ("test.F1", "higher"),
        ("log_loss", "lower"),
        ("RMSE", "lower"),
        ("accuracy_loss", "lower"),
        ("predicted_customers", None),
        ("mapping", None),
        ("", None),
    ],
)
def test_the_words_in_a_metrics_name_say_which_values_are_better(metric, direction):
    assert better(metric) == direction


@pytest.mark.parametrize(
    ("name", "values", "best"),
    [
        ("roc_auc", (0.8, 0.9, 0.7), {1}),
        ("log_loss", (0.8, 0.9, 0.7), {2}),
        ("roc_auc", (0.9, 0.8, 0.9), {0, 2}),
        ("roc_auc", (0.9, 0.9), set()),
        ("roc_auc", (0.9, None), set()),
        ("roc_auc", (0.8, None, 0.9), {2}),
        ("roc_auc", (float("nan"), 0.8, 0.9), {2}),
        ("log_loss", (float("-inf"), 0.8, 0.9), {1}),
        ("customers", (1.0, 2.0), set()),
    ],
)
def test_the_best_value_of_a_metric_is_marked(name, values, best):
    assert Row("metric", name, values).best == best


def test_a_param_has_no_best_value():
    assert Row("param", "accuracy", ("0.8", "0.9")).best == frozenset()


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((0.8123, 0.9), ("0.812", "0.900")),
        ((0.81231, 0.81234), ("0.81231", "0.81234")),
        ((0.81239999, 0.8124), ("0.812400", "0.812400")),
        ((5000.0, 250.0), ("5000", "250")),
        ((1.0, 0.5), ("1.000", "0.500")),
        (("forest", None), ("forest", "–")),
        ((float("nan"), float("inf")), ("nan", "inf")),
        ((-3.0, -0.25), ("-3", "-0.250")),
    ],
)
def test_numbers_that_differ_look_different_and_what_is_missing_is_a_dash(values, texts):
    assert Row("metric", "x", values).texts == texts


def test_metrics_that_rank_are_listed_first_and_params_by_how_many_have_them():
    things = [
        Thing({"depth": "4", "family": "forest"}, {"log_loss": 0.4, "rows": 1.0}),
        Thing({"family": "linear"}, {"roc_auc": 0.8, "accuracy": 0.9}),
    ]
    assert metric_names(things) == ["accuracy", "roc_auc", "log_loss", "rows"]
    assert param_names(things) == ["family", "depth"]
