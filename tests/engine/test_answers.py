"""No page waits long for an answer, and a service that hung is well as soon as it answers."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from app.engine import answers
from app.engine.answers import MOST_AT_ONCE, Answers, Place
from app.engine.errors import NotFound, ServiceBusy
from tests.polling import wait_until

MLFLOW = Place("MLflow", "http://127.0.0.1:5000")
PREFECT = Place("Prefect", "http://127.0.0.1:4200")
PATIENCE = 0.6
MOMENT = 0.1
TTL = 60.0
SECONDS = 10


@pytest.fixture(autouse=True)
def little_patience(monkeypatch):
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", PATIENCE)
    monkeypatch.setattr(answers, "MOMENT_SECONDS", MOMENT)


class Hanging:
    """A service that answers nothing until it is told to go on."""

    def __init__(self) -> None:
        self.goes_on = Event()
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        assert self.goes_on.wait(SECONDS)
        return self.asked


@pytest.fixture
def hanging():
    service = Hanging()
    yield service
    service.goes_on.set()


def seconds_until_busy(shared: Answers, place: Place, question: str, fetch) -> float:
    began = time.monotonic()
    with pytest.raises(ServiceBusy, match=f"{place.title} is slow to answer"):
        shared.ask(place, question, fetch, TTL)
    return time.monotonic() - began


def test_an_answer_serves_everybody_until_it_is_old():
    shared, count = Answers(), iter(range(9))
    assert [shared.ask(MLFLOW, "runs", lambda: next(count), TTL) for _ in range(3)] == [0, 0, 0]
    assert shared.ask(MLFLOW, "runs", lambda: next(count), 0.0) == 1
    shared.forget("ru")
    assert shared.ask(MLFLOW, "runs", lambda: next(count), TTL) == 2


def test_an_error_is_told_and_not_kept():
    shared = Answers()

    def fail() -> int:
        raise NotFound("no such run")

    for _ in range(2):
        with pytest.raises(NotFound):
            shared.ask(MLFLOW, "runs", fail, TTL)
    assert shared.ask(MLFLOW, "runs", lambda: 1, TTL) == 1


def test_who_asks_first_waits_a_little_and_the_next_only_a_moment(hanging):
    shared = Answers()
    assert PATIENCE <= seconds_until_busy(shared, MLFLOW, "runs", hanging) < SECONDS / 2
    for question in ("runs", "models", "runs"):
        assert seconds_until_busy(shared, MLFLOW, question, hanging) < PATIENCE
    assert hanging.asked == 2


def test_many_viewers_ask_once_and_wait_side_by_side(hanging):
    shared, viewers = Answers(), 20
    began = time.monotonic()
    with ThreadPoolExecutor(viewers) as pool:
        list(pool.map(lambda _: seconds_until_busy(shared, MLFLOW, "runs", hanging), range(viewers)))
    assert time.monotonic() - began < SECONDS / 2
    assert hanging.asked == 1


def test_a_service_that_hangs_costs_the_others_nothing(hanging):
    shared = Answers()
    seconds_until_busy(shared, MLFLOW, "runs", hanging)
    assert shared.ask(PREFECT, "flows", lambda: "well", TTL) == "well"


def test_one_slow_question_does_not_keep_quick_ones_from_being_answered(hanging):
    shared = Answers()
    seconds_until_busy(shared, MLFLOW, "a long search", hanging)
    assert shared.ask(MLFLOW, "runs", lambda: time.sleep(MOMENT / 5) or "quick", TTL) == "quick"


def test_the_answer_that_came_too_late_serves_who_asks_next(hanging):
    shared = Answers()
    seconds_until_busy(shared, MLFLOW, "runs", hanging)
    hanging.goes_on.set()
    assert wait_until(lambda: shared.ask(MLFLOW, "runs", hanging, 0.0), SECONDS, "the late answer comes") == 1
    assert shared.ask(MLFLOW, "models", lambda: "all is well again", TTL) == "all is well again"


def test_a_hanging_service_is_not_asked_more_and_more(hanging):
    shared = Answers()
    for number in range(3 * MOST_AT_ONCE):
        seconds_until_busy(shared, MLFLOW, f"run {number}", hanging)
    assert hanging.asked == MOST_AT_ONCE


@pytest.mark.parametrize("silent_seconds", [60.0, 0.0], ids=["known to hang", "asked long ago"])
def test_what_is_forgotten_still_counts_as_asked(monkeypatch, hanging, silent_seconds):
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", MOMENT)
    monkeypatch.setattr(answers, "SILENT_SECONDS", silent_seconds)
    shared = Answers()
    for _ in range(3 * MOST_AT_ONCE):
        seconds_until_busy(shared, MLFLOW, "runs", hanging)
        shared.forget("runs")
    assert hanging.asked == MOST_AT_ONCE
    hanging.goes_on.set()
    assert wait_until(lambda: not shared._under_way, SECONDS, "its threads have ended") is True
    assert shared.ask(MLFLOW, "runs", lambda: "well again", TTL) == "well again"


def test_an_old_outcome_is_dropped_when_the_next_question_is_asked(monkeypatch):
    shared = Answers()
    shared.ask(MLFLOW, "runs", lambda: "a long list", TTL)
    shared.ask(MLFLOW, "models", lambda: 1, TTL)
    assert list(shared._asked) == ["runs", "models"]
    monkeypatch.setattr(answers, "KEPT_SECONDS", 0.0)
    shared.ask(MLFLOW, "versions", lambda: 1, TTL)
    assert list(shared._asked) == ["versions"]


def test_one_under_way_does_not_serve_who_asks_after_a_change(hanging):
    shared = Answers()
    seconds_until_busy(shared, MLFLOW, "runs", hanging)
    shared.forget("runs")
    assert seconds_until_busy(shared, MLFLOW, "runs", hanging) < PATIENCE
    assert hanging.asked == 2


def test_what_is_said_of_a_busy_service_at_once_makes_nobody_else_give_up():
    shared = Answers()

    def refuse() -> int:
        raise ServiceBusy("MLflow", "", "its code server starts")

    with pytest.raises(ServiceBusy, match="its code server starts"):
        shared.ask(MLFLOW, "runs", refuse, TTL)
    assert shared.ask(MLFLOW, "models", lambda: time.sleep(PATIENCE / 3), TTL) is None
