"""What a service said last is given to any viewer while it is down."""

import pytest

from app.components.page.memory import memory, recall_or_raise
from app.engine.errors import ServiceDown

DOWN = ServiceDown("MLflow", "http://127.0.0.1:5000")


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    memory.clear()
    yield
    memory.clear()


def test_what_needs_no_notice_is_recalled_and_a_question_without_an_answer_is_an_error():
    def fail() -> int:
        raise DOWN

    with pytest.raises(ServiceDown):
        recall_or_raise("runs", fail)
    assert recall_or_raise("runs", lambda: 3) == 3
    assert recall_or_raise("runs", fail) == 3
