"""Keep what the services said last, for the time when one of them is down."""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import UTC, datetime
from threading import Lock
from typing import Any

MOST = 300
MOST_LOG_LINES = 40_000
"""Of all runs together. A line takes half a kilobyte or more, and the container has 768 MB."""


class Memory:
    """The last answer to each question, and when it was given.

    Questions that nobody asks any more are forgotten.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._answers: OrderedDict[Hashable, tuple[datetime, Any]] = OrderedDict()

    def remember(self, question: Hashable, answer: object) -> None:
        """Keep an answer in place of the one before."""
        with self._lock:
            self._answers[question] = datetime.now(UTC), answer
            self._answers.move_to_end(question)
            if len(self._answers) > MOST:
                self._answers.popitem(last=False)
            self._drop_old_logs()

    def _drop_old_logs(self) -> None:
        lines = {question: len(getattr(answer, "logs", ())) for question, (_, answer) in self._answers.items()}
        too_many = sum(lines.values()) - MOST_LOG_LINES
        for question, count in lines.items():
            if too_many > 0 and count:
                del self._answers[question]
                too_many -= count

    def recall(self, question: Hashable) -> tuple[datetime, Any] | None:
        """Give the last answer, and when it was given."""
        with self._lock:
            return self._answers.get(question)
