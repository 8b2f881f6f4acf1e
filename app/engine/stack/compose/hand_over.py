"""Give the volumes to the user that the containers run as.

`python -m app.engine.stack.compose.hand_over UID GID FOLDER…`

Root does this without the right to open other users' private folders. So it takes each folder first, and gives it away
once everything in it has been given away. Until then the volume has another mode. Owner and mode of a volume therefore
tell whether everything in it is done, also after an interruption.
"""

import os
import sys
from pathlib import Path

PRIVATE = 0o700
UNDER_WAY = 0o500


def hand_over(folder: Path, uid: int, gid: int) -> bool:
    """Give a folder and all that is below it to these ids, and let nobody else look into it.

    Returns:
        whether anything had to be done.
    """
    status = folder.stat()
    if (status.st_uid, status.st_gid, status.st_mode & 0o777) == (uid, gid, PRIVATE):
        return False
    os.chown(folder, os.getuid(), os.getgid())
    folder.chmod(UNDER_WAY)
    _give_what_is_in(folder, uid, gid)
    folder.chmod(PRIVATE)
    os.chown(folder, uid, gid)
    return True


def _give_what_is_in(folder: Path, uid: int, gid: int) -> None:
    with os.scandir(folder) as entries:
        for entry in list(entries):
            if entry.is_dir(follow_symlinks=False):
                os.chown(entry.path, os.getuid(), os.getgid())
                _give_what_is_in(Path(entry.path), uid, gid)
            os.chown(entry.path, uid, gid, follow_symlinks=False)


def main() -> None:
    """Hand over each folder, and say which of them had another owner."""
    uid, gid, *folders = sys.argv[1:]
    for folder in map(Path, folders):
        if hand_over(folder, int(uid), int(gid)):
            print(f"Handed {folder} over to {uid}:{gid}", flush=True)


if __name__ == "__main__":
    main()
