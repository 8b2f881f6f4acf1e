"""A small curriculum, as an instructor would write it, for the tests that spoil one thing in it."""

from pathlib import Path

PHASE = """---
title: Prefect
order: 2
color: blue
icon: ":material/account_tree:"
---
"""

STEP = """---
title: First flow
summary: Run it.
order: 1
minutes: 15
actions:
  - label: Run the flow
    orchestrator: prefect
    target: flow.py:first_flow
    functions: [load, first_flow]
    parameters: {rows: 3}
hints:
  - Press it.
---
Read **this**.
"""

FLOW = """from prefect import flow, task

FIELDS = ["a"]


@task
def load(rows):
    return rows


@flow(log_prints=True)
def first_flow(rows=1):
    return load(rows)
"""


def write_step(
    root: Path, step: str = "first", phase: str = "prefect", text: str = STEP, code: str | None = FLOW
) -> Path:
    """Write a step's folder, and its phase's file unless there is one, and return `step.md`."""
    folder = root / "workshop" / phase / step
    folder.mkdir(parents=True)
    phase_file = folder.parent / "phase.md"
    if not phase_file.exists():
        phase_file.write_text(PHASE)
    if code is not None:
        (folder / "flow.py").write_text(code)
    file = folder / "step.md"
    file.write_text(text)
    return file
