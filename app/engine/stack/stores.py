"""Check that the services can write what they store: before they start, and with every check of their health.

Each keeps SQLite files. One that is damaged, read-only, locked by somebody or on a full disk is named with what helps.
Nothing is deleted or overwritten. Only the standard library is imported: the containers' health checks do the same.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from app.engine.stack.store_trouble import (
    NO_RIGHT,
    READ_ONLY_DISK,
    Kind,
    StoreTrouble,
    damaged,
    full,
    read_only,
    trouble,
)

MAGIC = b"SQLite format 3\0"
LEAST_FREE = 20_000_000
"""Bytes. With less, a database soon fails in the middle of its work."""
LOCK_SECONDS = 2.0
STARTING_SECONDS = 60
"""A service that was started so lately may still be making its store: nobody else takes its lock."""
CHECK_SECONDS = 5.0
"""How long the pages of a file are read at the most. A larger database is then taken for good."""

Depth = Literal["outside", "lock", "whole"]
"""What of a file is checked: its beginning and its rights, then also the lock of a writer, then also its pages."""
KINDS: dict[int, Kind] = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_CANTOPEN: "read-only",
    sqlite3.SQLITE_PERM: "read-only",
    sqlite3.SQLITE_FULL: "full",
}
"""What SQLite's error codes mean here. Any other is damage."""
TO_BE_RECOVERED = (sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY_RECOVERY)
"""A killed program left a change unfinished. Only a connection that may write can take that back."""


def first_trouble(files: Iterable[Path], depth: Depth = "lock") -> StoreTrouble | None:
    """Find the first of these files that cannot be used.

    One that is yet to be made can.
    """
    return next(filter(None, (trouble_of(file, depth) for file in files)), None)


def trouble_of(file: Path, depth: Depth = "lock") -> StoreTrouble | None:
    """Say why a service could not work with its SQLite file.

    Args:
        file: a database, or where one is to be made.
        depth: how closely to look; the whole is read only if that takes no more than `CHECK_SECONDS`.
    """
    if problem := trouble_of_folder(file.parent, file):
        return problem
    try:
        if not file.exists():
            return None
        with file.open("rb") as opened:
            begin = opened.read(len(MAGIC))
    except OSError as error:
        return read_only(file, _why(error))
    if begin not in (b"", MAGIC):
        return damaged(file, "it is no SQLite file")
    if not os.access(file, os.W_OK):
        return read_only(file, _why_not_written(file))
    return None if depth == "outside" else _ask_sqlite(file, depth)


def trouble_of_folder(folder: Path, file: Path | None = None) -> StoreTrouble | None:
    """Say why nothing could be written into a folder, or into one that is to be made."""
    try:
        return _check_folder(folder, file)
    except OSError as error:  # for example, one on the way to it may not be entered
        return read_only(file or folder, _why(error))


def _check_folder(folder: Path, file: Path | None) -> StoreTrouble | None:
    existing = next(each for each in [folder, *folder.absolute().parents] if each.exists())
    if not existing.is_dir():
        return read_only(file or folder, f"{existing} is no folder")
    if not os.access(existing, os.W_OK | os.X_OK):
        return read_only(file or folder, _why_not_written(existing))
    free = shutil.disk_usage(existing).free
    if free < LEAST_FREE:
        reason = f"{file or folder} is on a full disk ({free / 1e6:.0f} MB are left)"
        return full(file or folder, reason)
    return None


def _ask_sqlite(file: Path, depth: Depth) -> StoreTrouble | None:
    """Read first without a right to change anything. Then take the lock of a writer, and release it."""
    try:
        try:
            problem = _read(file, depth)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) not in TO_BE_RECOVERED:
                raise
            _take_the_lock(file)  # SQLite then recovers it, as it would for the service
            problem = _read(file, depth)
        if problem:
            return damaged(file, problem)
        _take_the_lock(file)
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        return trouble(file, KINDS.get(code, "damaged"), str(error))
    return None


def _read(file: Path, depth: Depth) -> str:
    """Read without a right to change anything, and return the first problem or ""."""
    with closing(_connect(file, "ro")) as database:
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return _check_pages(database) if depth == "whole" else ""


def _take_the_lock(file: Path) -> None:
    """Take the lock of a writer, and release it."""
    with closing(_connect(file, "rw")) as database:
        database.execute("BEGIN IMMEDIATE")
        database.execute("ROLLBACK")


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    uri = f"file:{quote(str(file.absolute()))}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=LOCK_SECONDS, isolation_level=None)


def _check_pages(database: sqlite3.Connection) -> str:
    """Read every page. Return the first problem, or "" when there is none or it takes too long."""
    deadline = time.monotonic() + CHECK_SECONDS
    database.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
    try:
        answer = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
            return ""
        raise
    return "" if answer == "ok" else " ".join(answer.split())


def _why(error: OSError) -> str:
    return NO_RIGHT if isinstance(error, PermissionError) else error.strerror or str(error)


def _why_not_written(place: Path) -> str:
    return READ_ONLY_DISK if os.statvfs(place).f_flag & os.ST_RDONLY else NO_RIGHT
