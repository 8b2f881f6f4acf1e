"""The filter of the page Runs: clearing it holds, and what is asked for afterwards does, too."""

import streamlit as st

from app.components.tracking import run_filter
from tests.shown import page_of, shown, words

FILTER = "metrics.roc_auc > 0.999"


def cleared():
    """A page on which somebody wrote a filter and cleared it."""

    def draw():
        run_filter.show([])
        st.button("Clear", on_click=run_filter.clear)

    page = shown(draw)
    page.text_input[0].set_value(FILTER).run()
    page.button[0].click().run()
    assert not page.exception
    assert page.text_input[0].value == ""
    return page


def test_a_poll_that_was_under_way_does_not_bring_a_cleared_filter_back():
    page = cleared()
    page.text_input[0].set_value(FILTER).run()  # what the browser sends before it hears of the clearing
    assert page.text_input[0].value == ""


def test_another_filter_right_after_the_clearing_is_taken():
    page = cleared()
    page.text_input[0].set_value("metrics.f1 > 0").run()
    assert page.text_input[0].value == "metrics.f1 > 0"


def test_the_same_filter_is_taken_when_somebody_writes_it_again(monkeypatch):
    page = cleared()
    monkeypatch.setattr(run_filter, "LATE_SECONDS", 0.0)
    page.text_input[0].set_value(FILTER).run()
    assert page.text_input[0].value == FILTER


def test_a_search_of_the_address_is_cut_where_one_that_is_typed_ends_and_says_so():
    page = page_of(run_filter.show, [])
    page.query_params["search"] = "x" * 10_000
    page.run()
    assert not page.exception
    assert page.text_input[0].value == "x" * run_filter.MOST_LETTERS
    assert page.text_input[0].max_chars == run_filter.MOST_LETTERS
    assert "A search takes at most 500 characters" in words(page)
    page.text_input[0].set_value("forest").run()
    assert "at most 500 characters: what was longer" not in words(page)
