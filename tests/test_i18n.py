"""Strings of the user interface can be translated: each is one plain string that a catalogue can hold."""

import ast
from pathlib import Path

import pytest

from app.i18n import _

APP = Path(__file__).parents[1] / "app"
FILES = [file for file in sorted(APP.rglob("*.py")) if "import _" in file.read_text()]


def translated(file: Path) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(APP).as_posix())
def test_every_translated_string_is_plain(file):
    calls = translated(file)
    assert calls
    for call in calls:
        where = f"{file}:{call.lineno}"
        assert not call.keywords, where
        (text,) = call.args
        assert isinstance(text, ast.Constant), f"{where}: translate the string first, then put the values in"
        assert isinstance(text.value, str), where
        assert text.value.strip() == text.value != "", where


def test_a_string_without_a_translation_stays_as_it_is():
    assert _("No such string: 100 %") == "No such string: 100 %"
    assert FILES
