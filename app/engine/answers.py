"""Share the answers of services among all viewers. No page waits long for one.

Each question is asked in a thread of its own. Viewers who ask the same at the same time share one
answer, and wait a few seconds for it at most. An answer that comes later is given to the next who
asks. While a service hangs, pages wait for it only a moment.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any, TypeVar, cast

from app.engine.errors import ServiceBusy

PATIENCE_SECONDS = 3.0
"""How long a page waits for one answer."""
MOMENT_SECONDS = 0.3
"""How long it waits while the service hangs, so that quick questions are still answered."""
SILENT_SECONDS = 10.0
"""How long a service counts as silent after somebody got no answer in time."""
MISSED_SECONDS = 10.0
"""How long an answer that nobody has seen is kept for the next who asks."""
MOST_AT_ONCE = 8
"""The most questions under way to a service that answers none."""
MOST_KEPT = 300
KEPT_SECONDS = 60.0
"""An outcome older than this is dropped when the next question is asked."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Place:
    """A service, as a sentence names it, and where it is asked."""

    title: str
    url: str


class _Asking:
    """A question under way, or its outcome."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.began = self.ended = time.monotonic()
        self.future: Future[Any] = Future()
        self.was_missed = False
        """Whether the last who asked gave up before there was an answer."""

    def run(self, fetch: Callable[[], Any]) -> None:
        try:
            result = fetch()
        except BaseException as error:  # who asked gets it
            self.ended = time.monotonic()
            self.future.set_exception(error)
        else:
            self.ended = time.monotonic()
            self.future.set_result(result)

    @property
    def took(self) -> float:
        """Seconds until there was an outcome."""
        return self.ended - self.began

    @property
    def is_silence(self) -> bool:
        """Whether the service gave no answer in time."""
        return self.took >= PATIENCE_SECONDS and isinstance(self.future.exception(), ServiceBusy)

    def serves(self, ttl: float) -> bool:
        """Say whether the outcome is still given to somebody who asks now."""
        if not self.future.done() or isinstance(self.future.exception(), ServiceBusy):
            return False
        kept = ttl if self.future.exception() is None else 0.0
        if self.took > PATIENCE_SECONDS:
            kept = max(kept, 2 * self.took)
        if self.was_missed:
            kept = max(kept, MISSED_SECONDS)
        return time.monotonic() - self.ended < kept


class Answers:
    """What services answered last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: OrderedDict[str, _Asking] = OrderedDict()
        self._under_way: set[_Asking] = set()
        """Each has a thread; some may be forgotten."""
        self._silent: dict[Place, tuple[float, ServiceBusy]] = {}

    def ask(self, place: Place, question: str, fetch: Callable[[], Value], ttl: float) -> Value:
        """Give the answer to a question, at most `ttl` seconds old, or asked now.

        Args:
            place: The service that is asked.
            question: What is asked, with all that the answer depends on.
            fetch: Asks it. Runs in another thread.
            ttl: Seconds for which an answer is given to everybody who asks.

        Raises:
            ServiceBusy: there was no answer within `PATIENCE_SECONDS`, now or just before.
            Exception: what `fetch` raised.
        """
        with self._lock:
            silent = self._silence(place)
            asking = self._asked.get(question)
            if asking is None or (asking.future.done() and not asking.serves(ttl)):
                if self._asked_too_much(place, bool(silent)):
                    raise (silent or _no_answer(place)).with_traceback(None)
                asking = self._start(place, question, fetch)
            self._asked.move_to_end(question)
        left = asking.began + (MOMENT_SECONDS if silent else PATIENCE_SECONDS) - time.monotonic()
        wait([asking.future], max(left, 0.0))
        with self._lock:
            asking.was_missed = not asking.future.done()
            if asking.was_missed:
                busy = silent or _no_answer(place)
                self._silent[place] = time.monotonic(), busy
                raise busy.with_traceback(None)
        return cast(Value, asking.future.result())

    def forget(self, questions: str) -> None:
        """Forget the answers to all questions that begin like this.

        A question that is under way serves nobody who asks from now on.
        """
        with self._lock:
            for question in [each for each in self._asked if each.startswith(questions)]:
                del self._asked[question]

    def _start(self, place: Place, question: str, fetch: Callable[[], Any]) -> _Asking:
        self._drop_old()
        asking = _Asking(place)
        asking.future.add_done_callback(lambda _: self._note(asking))
        Thread(target=asking.run, args=(fetch,), name=question[:40], daemon=True).start()
        self._asked[question] = asking
        self._under_way.add(asking)
        return asking

    def _drop_old(self) -> None:
        since = time.monotonic() - KEPT_SECONDS
        for question in [key for key, each in self._asked.items() if each.future.done() and each.ended < since]:
            del self._asked[question]
        if len(self._asked) >= MOST_KEPT:
            self._asked.popitem(last=False)

    def _note(self, asking: _Asking) -> None:
        """Remember whether the service gave no answer in time."""
        error = asking.future.exception()
        with self._lock:
            self._under_way.discard(asking)
            if asking.is_silence and isinstance(error, ServiceBusy):
                self._silent[asking.place] = time.monotonic(), error
            else:
                self._silent.pop(asking.place, None)

    def _silence(self, place: Place) -> ServiceBusy | None:
        since, busy = self._silent.get(place, (float("-inf"), None))
        return busy if time.monotonic() - since < SILENT_SECONDS else None

    def _asked_too_much(self, place: Place, is_silent: bool) -> bool:
        """Say whether too many questions hang already.

        To a silent service all that are under way count, else the late ones.
        """
        late = time.monotonic() - PATIENCE_SECONDS
        hanging = [each for each in self._under_way if each.place == place and (is_silent or each.began < late)]
        return len(hanging) >= MOST_AT_ONCE


def _no_answer(place: Place) -> ServiceBusy:
    return ServiceBusy(place.title, place.url, "no answer within {seconds:.0f} s", seconds=PATIENCE_SECONDS)
