"""Text from the services keeps its letters inside Plotly.

`tests/e2e/test_text.py` asks a browser the same.
"""

from html import unescape

import pytest

from app.components.page.plotly_text import MOST_LETTERS, label, plotly_text, short
from tests.hostile import HOSTILE


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_lost_and_nothing_is_a_tag(text):
    drawn = plotly_text(text)
    assert unescape(drawn) == " ".join(text.split())
    assert not set(drawn) & set("<>$%")


def test_a_long_label_is_cut_and_a_short_one_is_not():
    assert label("a" * MOST_LETTERS) == "a" * MOST_LETTERS
    assert label("a" * (MOST_LETTERS + 1)) == "a" * (MOST_LETTERS - 1) + "…"
    assert label("&" * 99, 3) == "&amp;&amp;…"


def test_a_label_is_one_line_without_colours():
    assert short("one\n  two \x1b[31mthree\x1b[0m") == "one two three"
