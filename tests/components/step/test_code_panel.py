"""The code that a button runs: the definitions, their true line numbers, and a file that is not there."""

import json
from pathlib import Path

import pytest

from app.components.step import code_panel
from tests.shown import shown, words

FILE = Path("workshop/flow.py")
CODE = '''"""A flow."""
from prefect import flow, task


@task
def load(rows):
    return "<b>" if rows else None


def first_flow(rows=1):
    return load(rows)
'''


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text(CODE)
    return tmp_path


def panel_of(workspace, *functions):
    """What the panel is given to draw."""
    (element,) = shown(code_panel.show, workspace, FILE, functions, "code").get("bidi_component")
    return json.loads(element.proto.json)


def test_a_definition_is_shown_with_its_decorators_and_its_true_line_numbers(workspace):
    data = panel_of(workspace, "load")
    (block,) = data["blocks"]
    assert data["file"] == "workshop/flow.py"
    assert (block["first"], block["last"], block["numbers"]) == (5, 7, "5\n6\n7")
    assert block["code"].splitlines() == CODE.splitlines()[4:7]


def test_definitions_come_in_the_order_asked_for(workspace):
    blocks = panel_of(workspace, "first_flow", "load")["blocks"]
    assert [block["code"].splitlines()[0] for block in blocks] == ["def first_flow(rows=1):", "@task"]


def test_code_is_coloured_and_cannot_be_html(workspace):
    html = panel_of(workspace, "load")["blocks"][0]["html"]
    assert '<span class="k">def</span>' in html
    assert "&lt;b&gt;" in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("code", "functions"), [(CODE, ()), (CODE, ("gone",)), ("def load(:\n    pass", ("load",)), ("", ("load",))]
)
def test_without_a_name_that_can_be_found_the_whole_file_is_shown(workspace, code, functions):
    (workspace / FILE).write_text(code)
    (block,) = panel_of(workspace, *functions)["blocks"]
    assert (block["first"], block["code"]) == (1, code)


def test_a_file_that_is_not_there_is_named(tmp_path):
    page = shown(code_panel.show, tmp_path, FILE, (), "code")
    assert words(page) == "There is no file `workshop/flow.py`."
    assert not page.exception
