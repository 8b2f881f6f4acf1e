"""Can the services write what they store: asked before they start, and again with every look at their health.

Each keeps SQLite files. One that is damaged, read-only, locked by somebody or on a full disk is named with what helps.
Nothing is deleted or overwritten. Only the standard library: the health checks of the containers ask the same.
"""

import os
import shlex
import shutil
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Literal
from urllib.parse import quote

MAGIC = b"SQLite format 3\0"
LEAST_FREE = 20_000_000
"""Bytes; with less, a database soon fails in the middle of its work."""
LOCK_SECONDS = 2.0
STARTING_SECONDS = 60
"""A service that was started so lately may still be making its store: nobody else takes its lock."""
LOOK_SECONDS = 5.0
"""The longest look at what is in a file; a larger database is believed after that."""

READ_ONLY_DISK, NO_RIGHT = "its file system is read-only", "no right to write"
Depth = Literal["outside", "lock", "whole"]
"""How closely a file is looked at: its beginning and its rights; its writer's lock, too; or all that is in it, too."""
Trouble = Literal["damaged", "read-only", "full", "locked"]
TROUBLES: dict[int, Trouble] = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_CANTOPEN: "read-only",
    sqlite3.SQLITE_PERM: "read-only",
    sqlite3.SQLITE_FULL: "full",
}
"""What SQLite's error codes mean here; any other is damage."""
TO_BE_RECOVERED = (sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY_RECOVERY)
"""Who only reads cannot take back what a program that was killed had begun; the service that writes can."""


@dataclass(frozen=True)
class StoreTrouble:
    """Why a store cannot be used."""

    file: Path
    kind: Trouble
    reason: str
    """What is wrong, without a full stop; names the file."""
    remedy: str
    command: str = ""
    """The one to type, where the remedy names one."""

    def told_in(self, run_in_container: str) -> str:
        """Say it with a command that is typed outside the container.

        Args:
            run_in_container: what runs a command of the shell in a container: `docker compose run mlflow sh -c`.
        """
        if not self.command:
            return str(self)
        return str(self).replace(self.command, f"{run_in_container} {shlex.quote(self.command)}")

    def __str__(self) -> str:
        return f"{self.reason}. {self.remedy}"


def first_trouble(files: Iterable[Path], depth: Depth = "lock") -> StoreTrouble | None:
    """Find the first of these files that cannot be used; one that is yet to be made can."""
    return next((found for file in files if (found := trouble_of(file, depth))), None)


def trouble_of(file: Path, depth: Depth = "lock") -> StoreTrouble | None:
    """Say why a service could not work with its SQLite file.

    Args:
        file: a database, or where one is to be made.
        depth: how closely to look; the whole is read only if that takes no more than `LOOK_SECONDS`.
    """
    if found := trouble_of_folder(file.parent, file):
        return found
    try:
        if not file.exists():
            return None
        with file.open("rb") as opened:
            begin = opened.read(len(MAGIC))
    except OSError as error:
        return _read_only(file, _why(error))
    if begin not in (b"", MAGIC):
        return _damaged(file, "it is no SQLite file")
    if not os.access(file, os.W_OK):
        return _read_only(file, _why_not_written(file))
    return None if depth == "outside" else _ask_sqlite(file, depth)


def trouble_of_folder(folder: Path, file: Path | None = None) -> StoreTrouble | None:
    """Say why nothing could be written into a folder, or into one that is to be made."""
    try:
        return _look_at_folder(folder, file)
    except OSError as error:  # for example, one on the way to it may not be entered
        return _read_only(file or folder, _why(error))


def _look_at_folder(folder: Path, file: Path | None) -> StoreTrouble | None:
    there = next(each for each in [folder, *folder.absolute().parents] if each.exists())
    if not there.is_dir():
        return _read_only(file or folder, f"{there} is no folder")
    if not os.access(there, os.W_OK | os.X_OK):
        return _read_only(file or folder, _why_not_written(there))
    free = shutil.disk_usage(there).free
    if free < LEAST_FREE:
        reason = f"{file or folder} is on a full disk ({free / 1e6:.0f} MB are left)"
        return StoreTrouble(file or folder, "full", reason, "Free some space there, then start again.")
    return None


def _ask_sqlite(file: Path, depth: Depth) -> StoreTrouble | None:
    """Read first, as one who changes nothing; then take the lock of a writer, and let it go."""
    try:
        try:
            problem = _read(file, depth)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) not in TO_BE_RECOVERED:
                raise
            _take_the_lock(file)  # SQLite then recovers it, as it would for the service
            problem = _read(file, depth)
        if problem:
            return _damaged(file, problem)
        _take_the_lock(file)
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        return _trouble(file, TROUBLES.get(code, "damaged"), str(error))
    return None


def _read(file: Path, depth: Depth) -> str:
    """Read as one who changes nothing: the first problem, or ""."""
    with closing(_connect(file, "ro")) as database:
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return _look_through(database) if depth == "whole" else ""


def _take_the_lock(file: Path) -> None:
    """Take the lock of a writer, and let it go."""
    with closing(_connect(file, "rw")) as database:
        database.execute("BEGIN IMMEDIATE")
        database.execute("ROLLBACK")


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    uri = f"file:{quote(str(file.absolute()))}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=LOCK_SECONDS, isolation_level=None)


def _look_through(database: sqlite3.Connection) -> str:
    """Read every page: the first problem, or "" when there is none or it takes too long."""
    deadline = time.monotonic() + LOOK_SECONDS
    database.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
    try:
        found = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
            return ""
        raise
    return "" if found == "ok" else " ".join(found.split())


def _trouble(file: Path, kind: Trouble, words: str) -> StoreTrouble:
    match kind:
        case "read-only":
            return _read_only(file, words)
        case "full":
            return StoreTrouble(file, kind, f"{file} is on a full disk", "Free some space there, then start again.")
        case "locked":
            holders = _holders(file)
            by = f" by {', '.join(holders)}" if holders else " by another program"
            remedy = "End that, or wait until it is done with it, then start again."
            return StoreTrouble(file, kind, f"{file} is locked{by}", remedy)
    return _damaged(file, words)


def _damaged(file: Path, words: str) -> StoreTrouble:
    away = shlex.quote(f"{_free_folder(file.parent)}/")  # within the store: in a container all else is read-only
    command = f"mkdir {away} && mv {shlex.quote(str(file))}* {away}"
    remedy = (
        f"Nothing was changed in it. Put a good copy in its place, or move it away (`{command}`). Started again, "
        "the service then begins with an empty one."
    )
    return StoreTrouble(file, "damaged", f"{file} cannot be read ({words})", remedy, command)


def _free_folder(folder: Path) -> Path:
    """Name a folder in this one that does not exist: what was put aside earlier is not overwritten."""
    names = chain(["damaged"], (f"damaged-{number}" for number in count(2)))
    return next(folder / name for name in names if not (folder / name).exists())


def _read_only(file: Path, words: str) -> StoreTrouble:
    remedy = "Put that right, then start again."
    if words == READ_ONLY_DISK:
        remedy = "Mount it so that it can be written, then start again."
    elif words == NO_RIGHT:
        owner = f"user {os.getuid()}, who starts the services"
        remedy = f"Give it back to {owner} (`chown`, `chmod u+rwX`), then start again."
    return StoreTrouble(file, "read-only", f"{file} cannot be written ({words})", remedy)


def _why(error: OSError) -> str:
    return NO_RIGHT if isinstance(error, PermissionError) else error.strerror or str(error)


def _why_not_written(place: Path) -> str:
    return READ_ONLY_DISK if os.statvfs(place).f_flag & os.ST_RDONLY else NO_RIGHT


def _holders(file: Path) -> list[str]:
    """Name the processes that hold a lock on a database; none where the system does not tell."""
    pids: list[str] = []
    with suppress(OSError):
        inodes = {str(each.stat().st_ino) for each in (file, Path(f"{file}-shm")) if each.exists()}
        for line in Path("/proc/locks").read_text().splitlines():
            fields = line.split()
            mode = fields.index("WRITE") if "WRITE" in fields[:-2] else 0
            if mode and fields[mode + 2].rpartition(":")[2] in inodes:
                pids.append(fields[mode + 1])
    return [f"{_name(pid)} (process {pid})" for pid in dict.fromkeys(pids) if pid.isdigit()]


def _name(pid: str) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return "a program"
