"""The same click goes in turn, different clicks go side by side, and nothing is kept of those that are over."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock

import pytest

from app.engine.orchestrators.dagster.click_locks import ClickLocks

SECONDS = 10


def test_different_clicks_are_delivered_side_by_side():
    locks, together = ClickLocks(), Barrier(8)

    def deliver(number: int) -> None:
        with locks.of("ana", f"click-{number}"):
            together.wait(SECONDS)  # breaks unless all eight are here at once

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(deliver, range(8)))
    assert len(locks) == 0


def test_the_same_click_is_delivered_in_turn():
    locks, inside = ClickLocks(), Lock()

    def deliver(_: int) -> bool:
        with locks.of("ana", "click"):
            alone = inside.acquire(blocking=False)
            if alone:
                inside.release()
            return alone

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(deliver, range(200)))
    assert len(locks) == 0


def test_a_delivery_that_fails_lets_the_lock_go():
    locks = ClickLocks()
    with pytest.raises(ValueError, match="no"), locks.of("ana", "click"):
        raise ValueError("no")
    with locks.of("ana", "click"):
        assert len(locks) == 1
    assert len(locks) == 0
