"""The one list of pages: navigation and the ids that no step may have come from it."""

import pytest
from streamlit.testing.v1 import AppTest

from app.engine.curriculum.steps import discover
from app.engine.errors import ContentError
from app.settings import ROOT
from app.views import pages
from app.views.pages import HOME, OBSERVE, Page, refuse_reserved_ids, reserved_ids
from tests.engine.content import write_step
from tests.shown import SECONDS, go_to, panel, words

ONE_MORE = """
import streamlit as st

def show():
    st.title("One more")
"""


def home() -> AppTest:
    return AppTest.from_file(ROOT / "app" / "main.py", default_timeout=SECONDS).run()


def test_each_page_has_an_id_of_its_own_and_says_what_it_is():
    assert len({page.id for page in (HOME, *OBSERVE)}) == 1 + len(OBSERVE)
    for page in (HOME, *OBSERVE):
        assert page.title()
        assert page.icon.startswith(":material/")


def test_a_module_in_the_folder_of_pages_is_a_page_or_draws_steps():
    modules = {file.stem for file in (ROOT / "app" / "views").glob("*.py")}
    shown_by = {page.show.__module__.rpartition(".")[2] for page in (HOME, *OBSERVE)}
    others = {name for name in modules - shown_by if not name.startswith("step")}
    assert others == {"__init__", "pages"}


def test_one_module_and_one_line_add_a_page(tmp_path, monkeypatch):
    module: dict = {}
    exec(compile(ONE_MORE, "one_more.py", "exec"), module)
    line = Page("one_more", lambda: "One more", ":material/add:", module["show"])
    monkeypatch.setattr("app.views.pages.OBSERVE", (*OBSERVE, line))
    with panel(tmp_path / "data", tmp_path):
        page = go_to(home(), "one_more")
    assert not page.exception
    assert page.title[0].value == "One more"
    assert "one_more" in reserved_ids()


def test_a_title_is_translated_each_time_it_is_drawn(monkeypatch):
    monkeypatch.setattr(pages, "_", str.upper)
    assert OBSERVE[0].title() == "LIVE"


@pytest.mark.parametrize("name", [*sorted({page.id for page in (HOME, *OBSERVE)}), "code"])
def test_a_step_cannot_have_the_id_of_a_page(tmp_path, name):
    file = write_step(tmp_path, name)
    with pytest.raises(ContentError) as refusal:
        refuse_reserved_ids(discover(tmp_path))
    assert refusal.value.file == file
    assert f"`{name}` cannot be a step's id" in refusal.value.problem
    with panel(tmp_path / "data", tmp_path):
        page = home()
    assert not page.exception
    assert "cannot be a step's id" in words(page)
    assert [link.label for link in page.get("page_link")] == []


def test_no_step_of_the_workshop_has_the_id_of_a_page():
    steps = discover(ROOT)
    assert {step.id for step in steps} & reserved_ids() == set()
    assert steps
