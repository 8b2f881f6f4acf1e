"""Rows that a person picks: kept by id in the address, also when they are not in the table now."""

import pandas as pd
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.components.page.selection import pick, picked, show_pickable
from tests.shown import page_of


def table(*ids: str, address: list[str] | None = None, remembered: list[str] | None = None) -> AppTest:
    """A table of these rows, opened at an address or after another page."""

    def draw() -> None:
        show_pickable(pd.DataFrame({"run": ids}), ids, "runs")
        st.markdown(f"picked: {' '.join(picked('runs'))}")
        st.button("Pick two", on_click=pick, args=("runs", ["a", "b"]))
        st.button("Clear", on_click=pick, args=("runs", []))

    page = page_of(draw)
    if address:
        page.query_params["runs"] = address
    if remembered:
        page.session_state["runs.picked"] = remembered
    return page.run()


def ticked(page: AppTest) -> list[int]:
    return page.session_state["runs.table"]["selection"]["rows"] if "runs.table" in page.session_state else []


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()


def test_the_address_ticks_its_rows_each_once():
    page = table("a", "b", "c", address=["c", "a", "c"])
    assert (ticked(page), page.markdown[0].value) == ([0, 2], "picked: c a")


def test_new_rows_do_not_move_the_ticks_to_others():
    assert ticked(table("new", "a", "b", address=["a"])) == [1]


def test_a_row_that_is_not_in_the_table_stays_picked():
    page = table("a", "b", address=["gone", "b"])
    assert (ticked(page), page.markdown[0].value) == ([1], "picked: gone b")
    assert page.query_params["runs"] == ["gone", "b"]


def test_what_was_picked_before_another_page_is_picked_again_and_in_the_address():
    page = table("a", "b", remembered=["b"])
    assert (page.markdown[0].value, page.query_params["runs"]) == ("picked: b", "b")


def test_the_address_counts_more_than_the_memory():
    assert table("a", "b", address=["a"], remembered=["b"]).markdown[0].value == "picked: a"


def test_picking_and_clearing_change_ticks_and_address():
    page = table("a", "b", "c")
    press(page, "Pick two")
    assert (ticked(page), page.query_params["runs"]) == ([0, 1], ["a", "b"])
    press(page, "Clear")
    assert (ticked(page), page.markdown[0].value, "runs" in page.query_params) == ([], "picked:", False)


def test_a_poll_that_was_under_way_brings_no_cleared_pick_back():
    page = table("a", "b", "c", address=["a", "c"])
    press(page, "Clear")
    page.query_params["runs"] = ["a", "c"]  # what the browser sends before it hears of the clearing
    page.run()
    assert (ticked(page), page.markdown[0].value, "runs" in page.query_params) == ([], "picked:", False)
    page.query_params["runs"] = ["c"]
    assert page.run().markdown[0].value == "picked: c"


def test_an_address_that_comes_later_counts_though_it_was_cleared_before(monkeypatch):
    page = table("a", "b", address=["a"])
    press(page, "Clear")
    monkeypatch.setattr("app.components.page.address.LATE_SECONDS", 0.0)
    page.query_params["runs"] = ["a"]
    assert page.run().markdown[0].value == "picked: a"


def test_the_table_shows_its_rows():
    assert list(table("a", "b").dataframe[0].value["run"]) == ["a", "b"]
