"""Create or migrate Dagster's SQLite files in one program at a time.

Webserver, daemon and code server start side by side. Of two that find no database, both create it, and the loser stops
with "Version table 'alembic_version' has more than one head present" and leaves a database that nothing can open.
"""

import fcntl
import os
from pathlib import Path

from dagster import DagsterInstance

LOCK = "first-start.lock"


def open_stores() -> None:
    """Open the databases below DAGSTER_HOME, and return when they are up to date.

    Other programs that call this wait meanwhile.
    """
    with (Path(os.environ["DAGSTER_HOME"]) / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with DagsterInstance.get():
            pass
