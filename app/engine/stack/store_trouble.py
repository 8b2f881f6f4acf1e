"""What is wrong with a store, in words that say what helps. Only the standard library is imported."""

import os
import shlex
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Literal

READ_ONLY_DISK, NO_RIGHT = "its file system is read-only", "no right to write"
Kind = Literal["damaged", "read-only", "full", "locked"]


@dataclass(frozen=True)
class StoreTrouble:
    """Why a store cannot be used."""

    file: Path
    kind: Kind
    reason: str
    """What is wrong, without a full stop. Names the file."""
    remedy: str
    command: str = ""
    """The one to type, where the remedy names one."""

    def for_container(self, run_in_container: str) -> str:
        """Say it with a command that is typed outside the container.

        Args:
            run_in_container: what runs a command of the shell in a container: `docker compose run mlflow sh -c`.
        """
        if not self.command:
            return str(self)
        return str(self).replace(self.command, f"{run_in_container} {shlex.quote(self.command)}")

    def __str__(self) -> str:
        return f"{self.reason}. {self.remedy}"


def trouble(file: Path, kind: Kind, words: str) -> StoreTrouble:
    """Say what a kind of trouble means for a file, and what helps."""
    match kind:
        case "read-only":
            return read_only(file, words)
        case "full":
            return full(file, f"{file} is on a full disk")
        case "locked":
            holders = holders_of(file)
            by = f" by {', '.join(holders)}" if holders else " by another program"
            remedy = "End that, or wait until it is done with it, then start again."
            return StoreTrouble(file, kind, f"{file} is locked{by}", remedy)
    return damaged(file, words)


def damaged(file: Path, words: str) -> StoreTrouble:
    """Say that a file cannot be read, and how to put it aside."""
    away = shlex.quote(f"{_free_folder(file.parent)}/")  # within the store: in a container all else is read-only
    command = f"mkdir {away} && mv {shlex.quote(str(file))}* {away}"
    remedy = (
        f"Nothing was changed in it. Put a good copy in its place, or move it away (`{command}`). Started again, "
        "the service then begins with an empty one."
    )
    return StoreTrouble(file, "damaged", f"{file} cannot be read ({words})", remedy, command)


def full(file: Path, reason: str) -> StoreTrouble:
    """Say that the disk of a file or folder is full."""
    return StoreTrouble(file, "full", reason, "Free some space there, then start again.")


def _free_folder(folder: Path) -> Path:
    """Name a folder in this one that does not exist: what was put aside earlier is not overwritten."""
    names = chain(["damaged"], (f"damaged-{number}" for number in count(2)))
    return next(folder / name for name in names if not (folder / name).exists())


def read_only(file: Path, words: str) -> StoreTrouble:
    """Say that a file or folder cannot be written."""
    remedy = "Put that right, then start again."
    if words == READ_ONLY_DISK:
        remedy = "Mount it so that it can be written, then start again."
    elif words == NO_RIGHT:
        owner = f"user {os.getuid()}, who starts the services"
        remedy = f"Give it back to {owner} (`chown`, `chmod u+rwX`), then start again."
    return StoreTrouble(file, "read-only", f"{file} cannot be written ({words})", remedy)


def holders_of(file: Path) -> list[str]:
    """Name the processes that hold a lock on a database.

    None where the system does not tell.
    """
    pids: list[str] = []
    with suppress(OSError):
        inodes = {str(each.stat().st_ino) for each in (file, Path(f"{file}-shm")) if each.exists()}
        for line in Path("/proc/locks").read_text().splitlines():
            fields = line.split()
            mode = fields.index("WRITE") if "WRITE" in fields[:-2] else 0
            if mode and fields[mode + 2].rpartition(":")[2] in inodes:
                pids.append(fields[mode + 1])
    return [f"{_process_name(pid)} (process {pid})" for pid in dict.fromkeys(pids) if pid.isdigit()]


def _process_name(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "a program"
