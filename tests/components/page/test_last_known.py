"""The last answer stays on the page while its service is down, and the page says so once."""

import pytest
import streamlit as st

from app.components.page.last_known import fetch_or_recall
from app.components.page.memory import memory
from app.engine.errors import NotFound, ServiceDown
from tests.shown import shown

DOWN = ServiceDown("MLflow", "http://127.0.0.1:5000")


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    memory.clear()
    yield
    memory.clear()


class Service:
    """A service that gives these answers, or raises them if they are errors."""

    def __init__(self, **answers: object) -> None:
        self.answers = answers
        self.page = shown(self.draw)

    def ask(self, question: str) -> object:
        answer = self.answers[question]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def draw(self) -> None:
        notice = st.empty()
        for question in self.answers:
            st.markdown(f"{question}: {fetch_or_recall(question, lambda q=question: self.ask(q), notice)}")

    def shows(self, **answers: object) -> tuple[list[str], list[str]]:
        """The page once the service answers like this: what it shows, and what it warns of."""
        self.answers |= answers
        self.page.run()
        assert not self.page.exception
        return [each.value for each in self.page.markdown], [each.value for each in self.page.warning]


def test_the_last_answer_stays_while_the_service_is_down():
    service = Service(runs=3)
    shown_now, warnings = service.shows(runs=DOWN)
    assert shown_now == ["runs: 3"]
    assert "MLflow does not answer" in warnings[0]
    assert "Shown is what it said at " in warnings[0]


def test_the_page_recovers_by_itself_and_the_warning_goes():
    service = Service(runs=3)
    service.shows(runs=DOWN)
    assert service.shows(runs=4) == (["runs: 4"], [])


def test_each_question_has_an_answer_of_its_own():
    service = Service(runs=3, models=7)
    assert service.shows(runs=DOWN)[0] == ["runs: 3", "models: 7"]
    assert service.shows(models=DOWN)[0] == ["runs: 3", "models: 7"]


def test_without_an_answer_there_is_none_and_the_warning_says_why():
    shown_now, warnings = Service(runs=DOWN).shows()
    assert shown_now == ["runs: None"]
    assert len(warnings) == 1
    assert "Shown is what it said" not in warnings[0]


def test_a_viewer_who_comes_while_it_is_down_sees_what_others_saw():
    Service(runs=3)
    shown_now, warnings = Service(runs=DOWN).shows()
    assert shown_now == ["runs: 3"]
    assert len(warnings) == 1


def test_an_error_that_is_no_outage_is_not_hidden_behind_an_old_answer():
    service = Service(runs=3)
    service.answers["runs"] = NotFound("no such run")
    assert service.page.run().exception


def test_one_outage_is_said_once_however_many_questions_fail():
    assert len(Service(runs=DOWN, models=DOWN).shows()[1]) == 1
