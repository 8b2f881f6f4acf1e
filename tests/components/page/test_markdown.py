"""Text from the services keeps its letters inside Markdown.

`tests/e2e/test_text.py` asks a browser the same.
"""

import pytest
import streamlit as st

from app.components.page.markdown import SPLIT, code, escape, link, paragraph, sentence, table
from tests.hostile import HOSTILE
from tests.shown import as_read, shown


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_lost_and_it_stays_one_line(text):
    assert as_read(escape(text)) == text
    assert "\n" not in escape(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_would_be_formatting_is_escaped(text):
    bare = escape(text).replace(SPLIT, "")
    signs = [place for place, sign in enumerate(bare) if sign in "*`{}<>|$~[]" or bare[place : place + 2] == ":m"]
    assert all(bare[place - 1] == "\\" for place in signs)


@pytest.mark.parametrize("text", ["http://x", ":smile:", "me@x.org", "www.x.org", "WWW.x.org", "a -> b", "->", "--"])
def test_what_streamlit_looks_for_after_the_escapes_is_cut_in_two(text):
    assert SPLIT in escape(text)


@pytest.mark.parametrize(
    "text", ["calm-owl", "roc_auc", "Churn #2", "0.5", "MLflow: no answer (time-out)!", "2026-01-01"]
)
def test_plain_words_stay_plain(text):
    assert escape(text) == text


@pytest.mark.parametrize("text", ["_a_", "__a__", "a_", "_", "x __init__ y", "(_a_)"])
def test_an_underscore_that_is_not_within_a_word_is_escaped(text):
    assert escape(text) == text.replace("_", r"\_")


def test_colours_for_a_terminal_are_left_out_and_other_controls_are_marked():
    assert escape("\x1b[32mgreen\x1b[0m") == "green"
    assert escape("a\x00b\x1bc") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"


def test_a_paragraph_keeps_its_lines_and_none_of_them_begins_a_list():
    assert paragraph("one\n\n- two\n  # three") == "one  \n\\- two  \n&#32; \\# three".replace("&#32; \\#", "&#32; #")


def test_a_sentence_has_code_between_its_backticks_and_nothing_else():
    assert sentence("Start it with `make up`, *now*.") == r"Start it with `make up`, \*now\*."
    assert sentence("`a` and `b`") == "`a` and `b`"
    assert as_read(sentence("one ` alone")) == "one ` alone"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a", "`a`"),
        ("a`b", "``a`b``"),
        ("`a`", "`` `a` ``"),
        ("a\nb", "`a b`"),
        ("", ""),
        (":material/home:", escape(":material/home:")),
    ],
)
def test_code_holds_whatever_is_in_it(text, written):
    assert code(text) == written


def test_a_link_escapes_its_words_and_not_its_address():
    page = shown(lambda: st.markdown(link("a_b [c]", "http://x/a_b")))
    assert page.markdown[0].value == r"[a_b &#91;c&#93;](http://x/a_b)"


@pytest.mark.parametrize("url", ["http://x/) [y](http://z", "http://x/ 'title'", "http://x/\n# y", "http://x/<y>"])
def test_an_address_cannot_end_its_link(url):
    written = link("a", url)
    assert written.startswith("[a](http://x/")
    assert not set(written[4:-1]) & set("() \n<>")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "data:text/html,x", "//evil.example"])
def test_what_is_no_address_of_a_page_is_no_link(url):
    assert link("a", url) == "a"


def test_a_cell_cannot_end_its_row():
    written = table(["a", "b"], [[escape("x|y"), code("p|q")], [paragraph("one\ntwo"), escape("|\n|")]])
    assert written.splitlines()[2] == r"| x\|y | `p\|q` |"
    assert len(written.splitlines()) == 4
