"""`prefect server start`, whose garbage a thread of its own collects: `python -m app.engine.stack.prefect_server …`.

Prefect's server answers in one event loop and asks SQLite in threads. An error of SQLite leaves its cursor in a
reference cycle, and whoever frees that cursor waits for the cursor's connection. When that connection in its turn waits
for the lock of a transaction that the event loop has yet to end, a collection in the event loop's thread stands still
until SQLite gives up, 60 seconds later – and no call is answered till then. In a thread of its own it waits alone.
"""

import gc
import itertools
import runpy
import sys
import time
from threading import Thread

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


if __name__ == "__main__":
    collect_in_a_thread()
    sys.argv = ["prefect", "server", "start", *sys.argv[1:]]
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)
