"""Volumes are handed over whole, also when it was interrupted, and by nobody who could look into them otherwise."""

import os
import subprocess
import sys

import pytest

from app.engine.stack.compose.hand_over import hand_over
from app.settings import ROOT

FORMER, NEW = 1234, 4321
ONLY_CHOWN = ["setpriv", "--bounding-set=-all,+chown", "--inh-caps=-all", "--no-new-privs"]
as_root = pytest.mark.skipif(os.getuid() != 0, reason="Only root can give files away.")


def ids(path):
    status = path.lstat()
    return status.st_uid, status.st_gid


@pytest.fixture
def volume(tmp_path):
    """What services leave: private folders, and a link to something that is not theirs."""
    outside = tmp_path / "outside"
    outside.write_text("of somebody else")
    folder = tmp_path / "volume"
    private = folder / "artifacts" / "1"
    private.mkdir(parents=True, mode=0o700)
    (private / "model").write_text("…")
    (folder / "link").symlink_to(outside)
    (folder / "folder-link").symlink_to(tmp_path)
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, FORMER, FORMER, follow_symlinks=False)
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
    return folder


@as_root
def test_everything_in_it_gets_the_new_owner_and_nothing_beside_it(volume):
    assert hand_over(volume, NEW, NEW)
    assert {ids(path) for path in [volume, *volume.rglob("*")]} == {(NEW, NEW)}
    assert volume.stat().st_mode & 0o777 == 0o700
    assert (ids(volume.parent), ids(volume.parent / "outside")) == ((0, 0), (0, 0))


@as_root
def test_chown_is_the_only_capability_that_it_needs(volume):
    command = [*ONLY_CHOWN, sys.executable, "-m", "app.engine.stack.compose.hand_over", str(NEW), str(NEW), str(volume)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"Handed {volume} over to {NEW}:{NEW}\n"), done.stderr
    assert {ids(path) for path in [volume, *volume.rglob("*")]} == {(NEW, NEW)}


@as_root
@pytest.mark.parametrize("new", [NEW, 0])
def test_the_folders_owner_changes_last_so_that_an_interruption_is_made_good(volume, monkeypatch, new):
    given = []
    chown = os.chown

    def until_the_third(path, *ids, **options):
        given.append(path)
        if len(given) == 3:
            raise KeyboardInterrupt
        chown(path, *ids, **options)

    with monkeypatch.context() as patched:
        patched.setattr(os, "chown", until_the_third)
        with pytest.raises(KeyboardInterrupt):
            hand_over(volume, new, new)
    assert hand_over(volume, new, new)
    assert {ids(path) for path in [volume, *volume.rglob("*")]} == {(new, new)}
    assert not hand_over(volume, new, new)


def test_a_volume_that_has_its_owner_is_not_walked_through(tmp_path):
    folder = tmp_path / "volume"
    folder.mkdir(mode=0o700)
    uid, gid = ids(folder)
    assert not hand_over(folder, uid, gid)
    folder.chmod(0o755)
    assert hand_over(folder, uid, gid)
    assert folder.stat().st_mode & 0o777 == 0o700
