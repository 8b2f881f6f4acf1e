"""Workspaces with code of their own: a copy of `workshop/` in which something was edited."""

from pathlib import Path

from tests.workshop.conftest import copy_workshop

FLOW = "workshop/prefect/part1_tasks_flows/flow.py"
SLOW = (FLOW, '    churn_rate = float(table["churned"].mean())\n', "    import time\n\n    time.sleep(600)\n")
"""An edit: the flow takes ten minutes."""


def edited_workspace(folder: Path, *edits: tuple[str, str, str]) -> Path:
    """Copy the workshop and replace text in it; each edit is (file, old, new), and the old text must be there."""
    workspace = copy_workshop(folder)
    for name, old, new in edits:
        file = workspace / name
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{name} has no {old!r}"
        file.write_text(text.replace(old, new), encoding="utf-8")
    return workspace


def renamed_feature(new_name: str) -> tuple[str, str, str]:
    """An edit of the plain churn code that shows in the flow's log."""
    return "workshop/churn/features.py", '"missed_orders"', f'"{new_name}"'
