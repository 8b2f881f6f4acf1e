"""Make workspaces: copies of `workshop/` in which something is edited."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.engine.curriculum.steps import Step, discover, find
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
def solved(workspace: Path, *steps: str) -> Iterator[None]:
    """Put the solutions of these steps where students write, and put the files back afterwards."""
    pairs = [pair for step in steps for pair in solutions_of(find_step(workspace, step))]
    untouched = [mine.read_bytes() for mine, _ in pairs]
    try:
        for mine, solution in pairs:
            shutil.copyfile(solution, mine)
        yield
    finally:
        for (mine, _), code in zip(pairs, untouched, strict=True):
            mine.write_bytes(code)


def find_step(workspace: Path, step_id: str) -> Step:
    """Find a step of a workspace."""
    step = find(discover(workspace), step_id)
    assert step, f"there is no step {step_id}"
    return step


def solutions_of(step: Step, kind: str = "solution") -> list[tuple[Path, Path]]:
    """Pair the files that a step's buttons run with those of its `solution/` or `wrong/`."""
    root = step.folder.parents[2]
    files = dict.fromkeys(root / action.file for action in step.actions)
    return [(file, other) for file in files if (other := step.folder / kind / file.name).is_file()]


def renamed_feature(new_name: str) -> tuple[str, str, str]:
    """Edit the plain churn code so that the flow's log shows it."""
    return "workshop/churn/features.py", '"missed_orders"', f'"{new_name}"'
