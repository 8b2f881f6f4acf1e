"""Prefect's server neither stands still nor refuses what it could wait for, when many write at the same time."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT


def printed(module: str, database: Path, *words: str) -> str:
    command = [sys.executable, "-m", f"tests.engine.stack.programs.{module}", database, *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()


@pytest.mark.parametrize(("how", "told"), [([], "database is locked"), (["thread"], "has the lock")])
def test_a_collection_in_a_thread_of_its_own_lets_the_lock_be_released(tmp_path, how, told):
    assert printed("cursor_in_a_cycle", tmp_path / "seen.db", *how) == told


@pytest.mark.parametrize(("how", "told"), [([], "database is locked"), (["lock"], "2")])
def test_a_transaction_that_has_the_write_lock_from_its_beginning_is_not_refused(tmp_path, how, told):
    assert printed("two_who_count", tmp_path / "seen.db", *how) == told
