"""Let the same click, delivered twice, go one after the other, and different clicks at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class ClickLocks:
    """Keep a lock for each click that is being delivered."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[tuple[str, str], tuple[Lock, int]] = {}
        """Of each learner and click, its lock and how many hold or want it."""

    def __len__(self) -> int:
        """Count the clicks that are being delivered."""
        return len(self._held)

    @contextmanager
    def of(self, learner: str, click: str) -> Iterator[None]:
        """Wait until nobody else delivers this click."""
        key = (learner, click)
        with self._lock:
            lock, count = self._held.get(key, (Lock(), 0))
            self._held[key] = lock, count + 1
        try:
            with lock:
                yield
        finally:
            with self._lock:
                _, count = self._held.pop(key)
                if count > 1:
                    self._held[key] = lock, count - 1
