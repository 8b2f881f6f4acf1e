"""The graph of a run's tasks: who gave a result to whom."""

from dataclasses import replace

from app.components.run import task_graph
from tests.components.facts import attempt, task
from tests.shown import shown, words

LOAD = task("load", attempt(1, 1, 3))
TRAIN = replace(LOAD, id="t2", name='train "best"', upstream=(LOAD.id, "another-run"))


def test_a_result_that_went_somewhere_is_an_arrow():
    page = shown(task_graph.show, (LOAD, TRAIN))
    assert "Whose result went where" in words(page)
    (chart,) = page.get("graphviz_chart")
    assert f'"{LOAD.id}" -> "t2"' in chart.proto.spec
    assert r'label="train \"best\""' in chart.proto.spec
    assert "another-run" not in chart.proto.spec


def test_tasks_that_gave_nothing_to_each_other_have_no_graph():
    page = shown(task_graph.show, (LOAD, replace(TRAIN, upstream=())))
    assert not page.exception
    assert page.get("graphviz_chart") == []


def test_a_name_is_drawn_by_its_letters():
    hostile = replace(TRAIN, name="&lt;b&gt; \\N é " + "y" * 60)
    (chart,) = shown(task_graph.show, (LOAD, hostile)).get("graphviz_chart")
    assert 'label="&amp;lt;b&amp;gt; &#92;N é yyyyyyyyyyyy…"' in chart.proto.spec
