"""The memory of answers is bounded: in the number of questions, and in the lines of logs."""

from types import SimpleNamespace

from app.engine import memory as memory_module
from app.engine.memory import MOST, Memory


def test_questions_that_nobody_asks_any_more_are_forgotten():
    memory = Memory()
    for number in range(MOST + 1):
        memory.remember(number, "answer")
    assert memory.recall(0) is None
    assert memory.recall(MOST)


def test_the_oldest_runs_go_when_all_have_too_long_logs_and_short_answers_stay(monkeypatch):
    monkeypatch.setattr(memory_module, "MOST_LOG_LINES", 5)
    memory = Memory()
    memory.remember("runs", 3)
    for number in range(4):
        memory.remember(number, SimpleNamespace(logs=("line", "line")))
    assert [memory.recall(number) is not None for number in range(4)] == [False, False, True, True]
    assert memory.recall("runs")
