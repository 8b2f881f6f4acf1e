"""Free a cursor whose connection waits for the lock that this thread is about to release; say what the wait came to.

`python -m tests.engine.stack.programs.cursor_in_a_cycle DATABASE [thread]`: with `thread`, garbage is collected as
in our server of Prefect, without it as Python does by itself.
"""

import gc
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from app.engine.stack.programs.prefect_server import collect_in_a_thread

WAIT_MILLISECONDS = 4000


def connect() -> sqlite3.Connection:
    connection = sqlite3.connect(sys.argv[1], isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE IF NOT EXISTS seen (number)")
    return connection


def leave_a_cursor_behind(connection: sqlite3.Connection) -> None:
    """Leave a cursor of a failed statement in a reference cycle, as an error's traceback does."""
    connection.execute("PRAGMA busy_timeout = 0")
    cycle: list[object] = [cursor := connection.cursor()]
    cycle.append(cycle)
    with suppress(sqlite3.OperationalError):
        cursor.execute("INSERT INTO seen VALUES (1)")
    connection.execute(f"PRAGMA busy_timeout = {WAIT_MILLISECONDS}")


def wait_for_the_lock(connection: sqlite3.Connection) -> str:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return str(error)
    return "has the lock"


if __name__ == "__main__":
    gc.disable()
    holder, waiter = connect(), connect()
    holder.execute("BEGIN IMMEDIATE")
    leave_a_cursor_behind(waiter)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(wait_for_the_lock, waiter)
        time.sleep(0.5)
        if sys.argv[2:] == ["thread"]:
            collect_in_a_thread(pause=0.1)
        else:
            gc.enable()
        many = [[] for _ in range(100_000)]  # enough for Python to collect garbage in this thread, when it may
        time.sleep(0.5)
        holder.execute("COMMIT")
        print(waiting.result())
