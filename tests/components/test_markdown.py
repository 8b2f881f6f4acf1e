"""Text from the services keeps its letters inside Markdown."""

import pytest
import streamlit as st

from app.components.markdown import escape, link
from tests.shown import shown


@pytest.mark.parametrize(
    "text", ["*bold*", "a_b_c", "`code`", "[x](y)", ":red[x]", "$x$", "a|b", "<b>", "# x", "~~x~~"]
)
def test_what_would_be_formatting_is_escaped_and_nothing_is_lost(text):
    escaped = escape(text)
    assert escaped.replace("\\", "") == text
    assert all(escaped[place - 1] == "\\" for place, sign in enumerate(escaped) if sign in "*_`[]:$|<>#~")


def test_a_link_escapes_its_words_and_not_its_address():
    page = shown(lambda: st.markdown(link("a_b [c]", "http://x/a_b")))
    assert page.markdown[0].value == r"[a\_b \[c\]](http://x/a_b)"
