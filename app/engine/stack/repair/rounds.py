"""Look again and again, in a thread: a repair that fails is said once and tried again."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from threading import Thread

ROUND_SECONDS = 15.0
"""At most half a minute passes until a second look."""
FAILURES_TO_SAY = 2

Repair = Callable[[], Iterable[str]]
"""Ends what is to be ended, and says it in one line each."""


def start_rounds(repairs: Mapping[str, Repair], seconds: float = ROUND_SECONDS) -> Thread:
    """Run each repair now and every few seconds after that, in a thread that ends with the process."""
    thread = Thread(target=_go_round, args=(Rounds(repairs), seconds), name="repair", daemon=True)
    thread.start()
    return thread


def _go_round(rounds: "Rounds", seconds: float) -> None:
    while True:
        rounds.go()
        time.sleep(seconds)


class Rounds:
    """Repairs that are made again and again.

    Args:
        repairs: each by what it looks at, for example `MLflow runs`.
        say: is told what was ended, and why a repair could not be made.
    """

    def __init__(self, repairs: Mapping[str, Repair], say: Callable[[str], None] | None = None) -> None:
        self._repairs = repairs
        self._say = say or _print
        self._failures: Counter[str] = Counter()

    def go(self) -> None:
        """Make each repair once.

        What one of them meets does not stop the others.
        """
        for name, repair in self._repairs.items():
            try:
                for line in repair():
                    self._say(f"Repair: {line}")
            except Exception as error:  # a service may be down, or busy, or answer nonsense
                self._complain(name, f"{type(error).__name__}: {error}")
            else:
                del self._failures[name]

    def _complain(self, name: str, problem: str) -> None:
        """Say once that a repair goes on failing.

        A service that starts does not answer at first.
        """
        self._failures[name] += 1
        if self._failures[name] == FAILURES_TO_SAY:
            self._say(f"Repair: {name} could not be looked at, and will be again. {problem}")


class SeenBefore:
    """Remembers since when something has looked lost: what ends itself is given the time to say so."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[str, float] = {}

    def of(self, ids: Collection[str]) -> set[str]:
        """Tell which of these have been named for long enough.

        One that is not named is forgotten.
        """
        now = time.monotonic()
        self._since = {each: self._since.get(each, now) for each in ids}
        return {each for each, since in self._since.items() if now - since >= self._seconds}


def _print(line: str) -> None:
    print(line, flush=True)
