"""Docstrings, comments and names are plain English: what `tests/word_lint.py` looks for is not there."""

from collections.abc import Callable, Iterator

import pytest

from app.settings import ROOT
from tests.word_lint import first_lines, old_turns, swallowed, vague_names

Rule = Callable[[str], Iterator[str]]
TEXTS = (
    "app/",
    "workshop/",
    "data/",
    "tests/tools/",
    "tests/chromium.py",
    "tests/hostile.py",
    "tests/polling.py",
    "tests/shown.py",
    "tests/text_lint.py",
    "tests/visits.py",
    "tests/word_lint.py",
    "tests/workspaces.py",
)
CODE = ("app/", "workshop/", "data/", "tests/")
ITSELF = ("tests/word_lint.py", "tests/test_words.py")
"""They name what they refuse."""
SCOPES: dict[Rule, tuple[str, ...]] = {
    first_lines: TEXTS,
    old_turns: CODE,
    vague_names: CODE,
    swallowed: CODE,
}
FILES = {
    file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8")
    for folder in CODE
    for file in sorted((ROOT / folder).rglob("*.py"))
}
CASES = [
    pytest.param(rule, name, id=f"{rule.__name__}-{name}")
    for rule, folders in SCOPES.items()
    for name in FILES
    if name.startswith(folders) and not name.startswith(ITSELF)
]


@pytest.mark.parametrize(("rule", "name"), CASES)
def test_words_are_plain(rule: Rule, name: str):
    assert list(rule(FILES[name])) == []


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (first_lines, '"""Read a run; it may be old."""'),
        (first_lines, 'class Run:\n    """A run"""'),
        (first_lines, f'def f():\n    """Read {"one more " * 12}run."""'),
        (first_lines, f'async def f():\n    """Read {"extraordinarily" * 7}."""'),
        (old_turns, "x = 1  # the page is drawn anew"),
        (old_turns, '"""Read it, be it\nold or new."""'),
        (old_turns, 'LIMIT = 3\n"""Whichever comes first."""'),
        (vague_names, "found = read()"),
        (vague_names, "for found, other in pairs: pass"),
        (vague_names, "def f(known): pass"),
        (vague_names, "lines = [found for found in texts]"),
        (vague_names, "def look_again(): pass"),
        (swallowed, "def f():\n    with explain():\n        return g()\n    return None"),
        (swallowed, "def f():\n    with contextlib.suppress(OSError):\n        if g():\n            return 1"),
    ],
)
def test_what_a_rule_refuses_is_named(rule: Rule, source: str):
    (problem,) = rule(source)
    assert problem.partition(":")[0].isdecimal()


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (first_lines, '"""Read a run.\n\nIt may be old; nobody knows.\n"""'),
        (old_turns, 'text = "drawn anew"'),
        (old_turns, "x = 1  # of older runs, there, here"),
        (vague_names, "not_found = known_ids"),
        (swallowed, "def f():\n    with explain():\n        draw()\n        return"),
        (swallowed, "def f():\n    with suppress(OSError):\n        x = [y for y in z]\n        h = lambda: 3"),
        (swallowed, "def f():\n    with open(x) as file:\n        return file.read()"),
    ],
)
def test_what_is_fine_is_left_alone(rule: Rule, source: str):
    assert list(rule(source)) == []
