"""A step's page is a list of parts: those of its front matter, in that order, and a new one is one line."""

import pytest
import streamlit as st

from app.components.page.step_page import StepPage
from app.engine.curriculum.front_matter import PARTS as USUAL
from app.engine.curriculum.steps import discover
from app.engine.errors import NotFound
from app.views import step
from app.views.step_parts import PARTS, Part
from tests.engine.content import STEP, write_step
from tests.shown import panel, shown, words


@pytest.fixture
def page_with(tmp_path):
    """The page of a step whose front matter names these parts."""

    def draw(parts: str):
        write_step(tmp_path, text=STEP.replace("hints:", f"parts: [{parts}]\nhints:"))
        (item,) = discover(tmp_path, parts=PARTS)
        assert item.problem == ""
        return shown(step.show, item)

    with panel(tmp_path / "data", tmp_path):
        yield draw


def show_quiz(page: StepPage) -> None:
    st.markdown(f"Which task of {page.step.id} comes first?")


def fails(page: StepPage) -> None:
    raise NotFound(f"Nobody has a quiz for {page.step.id}.")


def test_the_usual_parts_are_known():
    assert set(USUAL) <= set(PARTS)


def test_only_the_named_parts_are_shown(page_with):
    page = page_with("text, hints")
    assert "Read **this**." in words(page)
    assert [button.key for button in page.button] == ["hint:first"]
    assert (len(page.get("bidi_component")), len(page.subheader)) == (0, 0)


def test_parts_come_in_the_order_of_the_front_matter(page_with):
    assert [heading.value for heading in page_with("code, check").subheader] == ["The code that runs", "Check"]


def test_a_new_part_is_one_line_of_the_registry(monkeypatch, page_with):
    monkeypatch.setitem(PARTS, "quiz", Part("below", show_quiz))
    assert "Which task of first comes first?" in words(page_with("text, quiz"))


def test_a_part_that_fails_says_so_and_the_others_are_shown(monkeypatch, page_with):
    monkeypatch.setitem(PARTS, "quiz", Part("left", fails))
    page = page_with("quiz, text, hints")
    assert page.info[0].value == "Nobody has a quiz for first."
    assert "Read **this**." in words(page)
