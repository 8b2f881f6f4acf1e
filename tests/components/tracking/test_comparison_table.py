"""Runs or versions side by side: one column each, what differs, and the best value of a metric."""

import pytest

from app.components.tracking.comparison_table import show_comparison
from app.engine.tracking.comparison import Row
from tests.shown import shown, words

ROWS = [
    Row("metric", "roc_auc", (0.8, 0.9)),
    Row("param", "dataset", ("sample", "cdnow")),
    Row("param", "seed", ("1", "1")),
    Row("tag", "team*", (None, "a")),
]
HEADS = ["forest", "forest"]
FACTS = {"MLflow": ["[m1](http://x)", "[m2](http://y)"]}


def table(rows, differences_only):
    page = shown(show_comparison, rows, HEADS, FACTS, differences_only)
    assert not page.exception
    frame = page.table[0].value
    return page, {label: list(frame.loc[label]) for label in frame.index}, list(frame.columns)


@pytest.mark.parametrize("differences_only", [True, False])
def test_each_thing_is_a_numbered_column_with_its_facts_on_top(differences_only):
    _, cells, columns = table(ROWS, differences_only)
    assert columns == ["1 · forest", "2 · forest"]
    assert next(iter(cells.items())) == ("**MLflow**", FACTS["MLflow"])


def test_what_is_the_same_can_be_left_out():
    page, cells, _ = table(ROWS, differences_only=True)
    assert not [label for label in cells if "seed" in label]
    assert cells[r":gray[:material/tune:] dataset"] == ["sample", "cdnow"]
    assert "Nothing differs" not in words(page)


def test_when_all_is_shown_what_differs_is_marked():
    _, cells, _ = table(ROWS, differences_only=False)
    assert cells[":gray[:material/tune:] seed"] == ["1", "1"]
    assert cells[":gray[:material/tune:] dataset"] == [":orange-background[sample]", ":orange-background[cdnow]"]


@pytest.mark.parametrize("differences_only", [True, False])
def test_the_best_value_of_a_metric_wins_the_cup(differences_only):
    _, cells, _ = table(ROWS, differences_only)
    others, best = cells[r":gray[:material/monitoring:] roc_auc"]
    assert best == r":green-background[**0.900** :material/trophy:]"
    assert "trophy" not in others


def test_of_different_data_sets_nothing_is_best_and_it_says_why():
    page, cells, _ = table([Row("metric", "f1", (0.8, 0.9), ranks=False)], differences_only=True)
    assert cells[":gray[:material/monitoring:] f1"] == [r"0.800", r"0.900"]
    assert "The data sets differ" in page.caption[0].value


def test_what_is_missing_is_a_dash_and_names_are_not_formatting():
    _, cells, _ = table(ROWS, differences_only=True)
    assert cells[r":gray[:material/sell:] team\*"] == ["–", "a"]


@pytest.mark.parametrize("rows", [[Row("param", "seed", ("1", "1"))], []])
def test_when_nothing_differs_it_says_so(rows):
    page, cells, _ = table(rows, differences_only=True)
    assert list(cells) == ["**MLflow**"]
    assert "Nothing differs: the same metrics, parameters and tags." in words(page)
