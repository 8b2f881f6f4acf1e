"""A step's text: its sections become tabs, and what is inside code is no heading."""

import pytest

from app.components.step import lesson
from app.components.step.lesson import sections
from tests.shown import shown

TEXT = "Read **this**.\n\n## Run it\nPress Run.\n\n```python\n## no heading\n```\n\n## Try this\nAgain.\n"


def test_the_text_before_the_first_heading_is_to_be_read_and_each_section_is_a_tab():
    page = shown(lesson.show, TEXT, "lesson")
    assert [tab.label for tab in page.tabs] == ["Read", "Run it", "Try this"]
    assert [tab.markdown[0].value for tab in page.tabs] == [
        "Read **this**.",
        "Press Run.\n\n```python\n## no heading\n```",
        "Again.",
    ]


def test_a_text_without_sections_needs_no_tabs():
    page = shown(lesson.show, "Only *this*.", "lesson")
    assert (len(page.tabs), page.markdown[0].value) == (0, "Only *this*.")


def test_a_text_that_begins_with_a_heading_has_no_empty_tab():
    assert [tab.label for tab in shown(lesson.show, "## Run it\nPress Run.", "lesson").tabs] == ["Run it"]


@pytest.mark.parametrize(
    ("text", "headings"),
    [("", [""]), ("### deeper", [""]), ("##none", [""]), ("## a\n## b", ["", "a", "b"]), ("~\n  ```\n## x\n```", [""])],
)
def test_only_headings_of_the_second_level_cut(text, headings):
    assert [heading for heading, _ in sections(text)] == headings
