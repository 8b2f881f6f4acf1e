"""The lock has the hash of every file that may be installed, and any other file is refused."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT

LOCK = (ROOT / "requirements.txt").read_text()
REQUIREMENTS = re.findall(r"^[a-z0-9].*?[^\\]$", LOCK, re.M | re.S)
SMALL = "tenacity"
UV = Path(sys.executable).with_name("uv")
INSTALLERS = (ROOT / ".ci" / "venv", ROOT / "compose" / "install")


def locked(package: str) -> str:
    return next(each for each in REQUIREMENTS if each.startswith(f"{package}=="))


def corrupted(requirement: str) -> str:
    """The same with another first digit in every hash."""
    return re.sub(r"(?<=sha256:).", lambda digit: "0" if digit[0] != "0" else "1", requirement)


def test_every_requirement_names_its_version_and_hashes():
    assert len(REQUIREMENTS) > 100
    assert [each.split()[0] for each in REQUIREMENTS if "==" not in each or "--hash=sha256:" not in each] == []


@pytest.mark.parametrize("script", INSTALLERS, ids=lambda script: script.parent.name)
def test_every_install_asks_for_hashes(script):
    commands = script.read_text().replace("\\\n", " ").splitlines()
    installs = [line for line in commands if "pip install" in line]
    assert len(installs) >= 1
    assert [line for line in installs if "--require-hashes" not in line] == []


def install(folder: Path, constraint: str) -> subprocess.CompletedProcess[str]:
    """Install one group by a constraints file, as the images do."""
    folder.mkdir()
    (folder / "pyproject.toml").write_text(f'[dependency-groups]\nsome = ["{SMALL}"]\n')
    (folder / "lock.txt").write_text(constraint)
    options = ["--quiet", "--target", "installed", "--group", "pyproject.toml:some", "--constraint", "lock.txt"]
    command = [UV, "pip", "install", "--python", sys.executable, *options, "--require-hashes"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_a_file_with_another_hash_is_refused_and_so_is_one_without(tmp_path):
    good = install(tmp_path / "good", locked(SMALL))
    if good.returncode and re.search("connect|dns|timed out|fetch|network", good.stderr, re.I):
        pytest.skip("No package index within reach.")
    assert good.returncode == 0, good.stderr
    bad = install(tmp_path / "bad", corrupted(locked(SMALL)))
    assert bad.returncode != 0
    assert "Hash mismatch" in bad.stderr
    bare = install(tmp_path / "bare", locked(SMALL).partition(" ")[0])
    assert bare.returncode != 0
    assert not (tmp_path / "bad" / "installed" / SMALL).exists()
