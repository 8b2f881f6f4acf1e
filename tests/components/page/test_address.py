"""What the server put into the address counts more than a poll that was already under way."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.components.page import session
from tests.shown import page_of

OLD, NEW, OTHER = (f"{number:08}-0000-4000-8000-000000000000" for number in range(3))


def page_at(run_id: str | None) -> AppTest:
    """A page that shows a run and has a button that starts a new run."""

    def draw() -> None:
        st.button("Start", on_click=session.show_run, args=(NEW,))
        st.button("Hide", on_click=session.hide_run)
        st.text(session.shown_run())

    page = page_of(draw)
    if run_id:
        page.query_params["run"] = run_id
    return page.run()


def polled(page: AppTest, run_id: str) -> str:
    """What the page shows when the browser says that it is at this run."""
    page.query_params["run"] = run_id
    return page.run().text[0].value


def test_a_poll_that_was_under_way_at_the_click_does_not_bring_the_former_run_back():
    page = page_at(OLD)
    page.button[0].click().run()
    assert polled(page, OLD) == NEW
    assert page.query_params["run"] == NEW


def test_another_run_is_shown_at_once():
    page = page_at(OLD)
    page.button[0].click().run()
    assert polled(page, OTHER) == OTHER


def test_who_goes_back_sees_the_former_run(monkeypatch):
    page = page_at(OLD)
    page.button[0].click().run()
    monkeypatch.setattr("app.components.page.address.LATE_SECONDS", 0.0)
    assert polled(page, OLD) == OLD


def test_a_run_that_was_hidden_stays_hidden():
    page = page_at(OLD)
    page.button[1].click().run()
    assert (polled(page, OLD), "run" in page.query_params) == ("None", False)


def test_the_first_run_of_a_page_is_in_the_address():
    page = page_at(None)
    page.button[0].click().run()
    assert (page.text[0].value, page.query_params["run"]) == (NEW, NEW)


@pytest.mark.parametrize(
    "value", ["../admin/version", "![x](http://127.0.0.1:3000/)", "", "x" * 10_000, f"{OLD}\0", "r1"]
)
def test_what_cannot_be_a_run_is_none_but_is_known_to_have_been_asked_for(value):
    page = page_of(lambda: (st.text(session.shown_run()), st.text(session.asked_run())))
    page.query_params["run"] = value
    assert [text.value for text in page.run().text] == ["None", value]
