"""Make workspaces: copies of `workshop/` in which something is edited."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.settings import ROOT

FLOW = "workshop/prefect/part1_tasks_flows/flow.py"
SLOW = (FLOW, '    churn_rate = float(table["churned"].mean())\n', "    import time\n\n    time.sleep(600)\n")
"""An edit: the flow takes ten minutes."""


def copy_workshop(workspace: Path) -> Path:
    """Make a workspace: a folder with its own copy of `workshop/`."""
    shutil.copytree(ROOT / "workshop", workspace / "workshop", ignore=shutil.ignore_patterns("__pycache__"))
    return workspace


def edited_workspace(folder: Path, *edits: tuple[str, str, str]) -> Path:
    """Copy the workshop and replace text in it.

    Each edit is (file, old, new). The old text must be there.
    """
    workspace = copy_workshop(folder)
    for name, old, new in edits:
        file = workspace / name
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{name} has no {old!r}"
        file.write_text(text.replace(old, new), encoding="utf-8")
    return workspace


@contextmanager
def edited(file: Path, old: str, new: str) -> Iterator[None]:
    """Replace a text that must be there once, and put the file back afterwards."""
    untouched = file.read_text(encoding="utf-8")
    assert untouched.count(old) == 1, f"{file} has {old!r} {untouched.count(old)} times"
    file.write_text(untouched.replace(old, new), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(untouched, encoding="utf-8")


@contextmanager
def solved(workspace: Path, *parts: str) -> Iterator[None]:
    """Put the solutions of these Prefect parts where students write, and put the files back afterwards."""
    folders = [workspace / "workshop" / "prefect" / part for part in parts]
    untouched = [(folder / "flow.py").read_bytes() for folder in folders]
    try:
        for folder in folders:
            shutil.copyfile(folder / "solution" / "flow.py", folder / "flow.py")
        yield
    finally:
        for folder, code in zip(folders, untouched, strict=True):
            (folder / "flow.py").write_bytes(code)


def renamed_feature(new_name: str) -> tuple[str, str, str]:
    """Edit the plain churn code so that the flow's log shows it."""
    return "workshop/churn/features.py", '"missed_orders"', f'"{new_name}"'
