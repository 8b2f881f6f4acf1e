"""Prefect's server does not stand still when garbage is collected while a connection waits for a lock."""

import subprocess
import sys

import pytest

from app.settings import ROOT

SCRIPT = "tests.engine.stack.cursor_in_a_cycle"


@pytest.mark.parametrize(("how", "told"), [([], "database is locked"), (["thread"], "has the lock")])
def test_a_collection_in_a_thread_of_its_own_lets_the_lock_be_released(tmp_path, how, told):
    command = [sys.executable, "-m", SCRIPT, tmp_path / "seen.db", *how]
    assert subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip() == told
