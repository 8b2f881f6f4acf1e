"""A program becomes another one: in this process, with its threads, and with the workspace's own code."""

import subprocess
import sys

from app.settings import ROOT

BECOMES_ANOTHER = """
import sys, threading, time
import workshop.naming
from app.engine.stack.programs.run_as import run_as
from pathlib import Path

threading.Thread(target=lambda: (time.sleep(0.2), print("still here", flush=True)), daemon=True).start()
run_as("other", ["a", "b"], Path(sys.argv[1]))
"""
OTHER = """
import os, sys, time
import workshop
print(__name__, sys.argv[1:], os.getcwd(), workshop.WHOSE)
time.sleep(1)
"""


def test_the_other_program_runs_in_the_workspace_beside_the_threads_of_the_first(tmp_path):
    (tmp_path / "workshop").mkdir()
    (tmp_path / "workshop" / "__init__.py").write_text("WHOSE = 'own'\n")
    (tmp_path / "other.py").write_text(OTHER)
    command = [sys.executable, "-c", BECOMES_ANOTHER, str(tmp_path)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert said == [f"__main__ ['a', 'b'] {tmp_path} own", "still here"]
