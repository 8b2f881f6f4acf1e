"""`prefect server start` behind the guard, with two habits that SQLite needs.

Started as `python -m app.engine.stack.programs.prefect_server`, with Prefect's own options.

Garbage is collected in a thread of its own. Prefect's server answers in one event loop and asks SQLite in threads. An
error of SQLite leaves its cursor in a reference cycle, and whoever frees that cursor waits for the cursor's connection.
When that connection in its turn waits for the lock of a transaction that the event loop has yet to end, a collection in
the event loop's thread stands still until SQLite gives up, 60 seconds later – and no call is answered till then.

A transaction takes the write lock when it begins. Prefect's read first and write later; when another one has written
meanwhile, SQLite refuses at once and without waiting (SQLITE_BUSY_SNAPSHOT). While a class clicks, that happens again
and again, until the worker gives a flow run up as Crashed. Prefect itself does it so in the places that were reported.
"""

import gc
import itertools
import runpy
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any

from app.engine.stack.guard import Guard, names_of

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction

PAUSE_SECONDS = 1.0
PAUSES_BETWEEN_FULL_COLLECTIONS = 60


def collect_in_a_thread(pause: float = PAUSE_SECONDS) -> None:
    """Collect garbage in a thread of its own from now on, the young every `pause` seconds, and in no other thread."""
    gc.disable()
    Thread(target=_collect_forever, args=(pause,), name="garbage", daemon=True).start()


def _collect_forever(pause: float) -> None:
    for number in itertools.count(1):
        time.sleep(pause)
        gc.collect(1 if number % PAUSES_BETWEEN_FULL_COLLECTIONS else 2)
        if number == PAUSES_BETWEEN_FULL_COLLECTIONS:
            gc.freeze()  # what the imports left stays: it need not be looked at again


def write_lock_first() -> None:
    """Let every transaction of Prefect's server begin with SQLite's write lock: it waits for it, and then keeps it."""
    from prefect.server.database.configurations import AioSqliteConfiguration

    begin = AioSqliteConfiguration.begin_transaction

    @asynccontextmanager
    async def begin_immediate(
        self: AioSqliteConfiguration,
        session: "AsyncSession",
        with_for_update: bool = False,  # noqa: ARG001
    ) -> "AsyncGenerator[AsyncSessionTransaction, None]":
        async with begin(self, session, with_for_update=True) as transaction:
            yield transaction

    AioSqliteConfiguration.begin_transaction = begin_immediate  # type: ignore[method-assign]


def guard_server() -> None:
    """Put the guard in front of the server that `prefect server start` makes.

    The server asks itself through the same application and a name that is no host; there the guard is not.
    """
    from prefect.server.api import server

    create = server.create_app

    def create_guarded(*args: Any, **options: Any) -> "FastAPI | Guard":
        app = create(*args, **options)
        return Guard(app, names_of("prefect")) if options.get("final") else app

    server.create_app = create_guarded  # type: ignore[assignment]


if __name__ == "__main__":
    collect_in_a_thread()
    write_lock_first()
    guard_server()
    sys.argv = ["prefect", "server", "start", *sys.argv[1:]]
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)
