"""Rows that a person selects are kept by id in the address, also when the table does not have them."""

import pandas as pd
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.components.page.selection import select, selected_ids, show_selectable
from tests.shown import page_of


def table(*ids: str, address: list[str] | None = None, remembered: list[str] | None = None) -> AppTest:
    """A table of these rows, opened at an address or after another page."""

    def draw() -> None:
        show_selectable(pd.DataFrame({"run": ids}), ids, "runs")
        st.markdown(f"selected: {' '.join(selected_ids('runs'))}")
        st.button("Select two", on_click=select, args=("runs", ["a", "b"]))
        st.button("Clear", on_click=select, args=("runs", []))

    page = page_of(draw)
    if address:
        page.query_params["runs"] = address
    if remembered:
        page.session_state["runs.selected"] = remembered
    return page.run()


def ticked(page: AppTest) -> list[int]:
    return page.session_state["runs.table"]["selection"]["rows"] if "runs.table" in page.session_state else []


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()


def test_the_address_ticks_its_rows_each_once():
    page = table("a", "b", "c", address=["c", "a", "c"])
    assert (ticked(page), page.markdown[0].value) == ([0, 2], "selected: c a")


def test_new_rows_do_not_move_the_ticks_to_others():
    assert ticked(table("new", "a", "b", address=["a"])) == [1]


def test_a_row_that_is_not_in_the_table_stays_selected():
    page = table("a", "b", address=["gone", "b"])
    assert (ticked(page), page.markdown[0].value) == ([1], "selected: gone b")
    assert page.query_params["runs"] == ["gone", "b"]


def test_what_was_selected_before_another_page_is_selected_again_and_in_the_address():
    page = table("a", "b", remembered=["b"])
    assert (page.markdown[0].value, page.query_params["runs"]) == ("selected: b", "b")


def test_the_address_counts_more_than_the_memory():
    assert table("a", "b", address=["a"], remembered=["b"]).markdown[0].value == "selected: a"


def test_selecting_and_clearing_change_ticks_and_address():
    page = table("a", "b", "c")
    press(page, "Select two")
    assert (ticked(page), page.query_params["runs"]) == ([0, 1], ["a", "b"])
    press(page, "Clear")
    assert (ticked(page), page.markdown[0].value, "runs" in page.query_params) == ([], "selected:", False)


def test_a_poll_that_was_under_way_brings_no_cleared_selection_back():
    page = table("a", "b", "c", address=["a", "c"])
    press(page, "Clear")
    page.query_params["runs"] = ["a", "c"]  # what the browser sends before it hears of the clearing
    page.run()
    assert (ticked(page), page.markdown[0].value, "runs" in page.query_params) == ([], "selected:", False)
    page.query_params["runs"] = ["c"]
    assert page.run().markdown[0].value == "selected: c"


def test_an_address_that_comes_later_counts_though_it_was_cleared_before(monkeypatch):
    page = table("a", "b", address=["a"])
    press(page, "Clear")
    monkeypatch.setattr("app.components.page.address.LATE_SECONDS", 0.0)
    page.query_params["runs"] = ["a"]
    assert page.run().markdown[0].value == "selected: a"


def test_the_table_shows_its_rows():
    assert list(table("a", "b").dataframe[0].value["run"]) == ["a", "b"]
