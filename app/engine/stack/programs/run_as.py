"""Become another program without a second process. A thread that was started before goes on."""

import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path


def run_as(module: str, arguments: Sequence[str], workspace: Path) -> None:
    """Become `python -m module …` in the workspace, whose own `workshop` is what is imported from now on."""
    os.chdir(workspace)
    sys.path.insert(0, str(workspace.resolve()))
    for name in [name for name in sys.modules if name.partition(".")[0] == "workshop"]:
        del sys.modules[name]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
