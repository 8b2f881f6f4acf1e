"""A step is one folder: steps are added to a copy of the workshop, and everything else follows by discovery."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.engine.curriculum.checks import load_checks
from app.engine.curriculum.steps import discover, find
from app.engine.stack.programs.deployments import register_steps
from app.settings import ROOT
from app.views.step_parts import PARTS
from tests.shown import SECONDS, go_to, panel, words
from tests.tools.readme import steps_table
from tests.workshop.evidence import RecordedEvidence
from tests.workspaces import copy_workshop, solutions_of, solved
from workshop.checking import judge

TEXT = "Read this, then press the button and look at what it did. " * 5
CHECK = '''"""Goals of this step."""

from workshop.checking import Evidence, Verdict, newest_succeeded, passed


def ran(evidence: Evidence) -> Verdict:
    """Run it."""
    run = newest_succeeded(evidence.flow_runs())
    return passed("{run} is {state}.", run, run=run.name, state=run.state)
'''
FLOW = '''"""Double a number."""

from prefect import flow


@flow
def double_number(number: int = 3) -> int:
    """Double a number.

    Args:
        number: what is doubled.
    """
    return number  # TODO: double it
'''
ASSETS = '''"""A report of this step's own."""

import dagster as dg
from pydantic import Field


class ReportConfig(dg.Config):
    """How long it is."""

    top: int = Field(3, description="How many customers.")


@dg.asset
def features(config: ReportConfig) -> int:
    """The first customers."""
    return config.top


report_job = dg.define_asset_job(
    "report_job",
    selection=[features],
    metadata={"config_schema": dg.MetadataValue.json({"features": ReportConfig.model_json_schema()})},
)
'''
EXERCISE = ("prefect", "part7_more", "Run the flow", "prefect", "flow.py:double_number")
OWN = ("dagster", "reports", "Run the report", "dagster", "assets.py:report_job")
SHARING = ("dagster", "catalogue", "Run the job again", "dagster", "../assets/assets.py:churn_training_job")
READ_ONLY = "why_orchestrate"


def step_md(title: str, order: int, actions: str = "", parts: str = "") -> str:
    head = f"---\ntitle: {title}\nsummary: What happens here.\norder: {order}\nminutes: 10\n"
    return f"{head}{actions}{parts}hints:\n  - Press it.\n  - Press it again.\n---\n{TEXT}\n"


def add_step(workspace: Path, phase: str, name: str, label: str, orchestrator: str, target: str) -> Path:
    folder = workspace / "workshop" / phase / name
    folder.mkdir()
    actions = f"actions:\n  - label: {label}\n    orchestrator: {orchestrator}\n    target: {target}\n"
    (folder / "step.md").write_text(step_md(name.title(), 20 + len(name), actions))
    (folder / "check.py").write_text(CHECK)
    return folder


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    """The workshop with an exercise of Prefect, two Dagster steps (own and shared assets) and one to read."""
    workspace = copy_workshop(tmp_path_factory.mktemp("added"))
    exercise = add_step(workspace, *EXERCISE)
    (exercise / "flow.py").write_text(FLOW)
    for kind, answer in (("solution", "number * 2"), ("wrong", "number + 2")):
        (exercise / kind).mkdir()
        (exercise / kind / "flow.py").write_text(FLOW.replace("number  # TODO: double it", answer))
    (add_step(workspace, *OWN) / "assets.py").write_text(ASSETS)
    add_step(workspace, *SHARING)
    folder = workspace / "workshop" / "prefect" / READ_ONLY
    folder.mkdir()
    (workspace / "workshop" / "examples").mkdir()
    (workspace / "workshop" / "examples" / "loop.py").write_text("for attempt in range(3):\n    print(attempt)\n")
    actions = "actions:\n  - label: A loop\n    kind: file\n    target: examples/loop.py\n"
    (folder / "step.md").write_text(step_md("Why", 40, actions, "parts: [text, code, hints]\n"))
    return workspace


def test_the_contract_of_steps_holds_for_them(workspace, tmp_path):
    """The contract's own tests, run on the workspace in a process of their own."""
    project = tmp_path / "project"
    shutil.copytree(workspace / "workshop", project / "workshop")
    for name in ("app", "tests"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    (project / "data").mkdir()
    for file in [*(ROOT / "data").glob("*.py"), *(ROOT / "data").glob("*.txt.gz")]:
        shutil.copy(file, project / "data")
    shutil.copy(ROOT / "pyproject.toml", project)
    command = [sys.executable, "-m", "pytest", "tests/workshop/test_contract.py", "-v", "-n0"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    for step in ("part7_more", "reports", "catalogue", READ_ONLY):
        assert f"[{step}]" in done.stdout


def test_they_are_in_the_navigation_and_on_home_and_each_has_its_page(workspace, tmp_path):
    steps = discover(workspace, parts=PARTS)
    assert [step.problem for step in steps if step.problem] == []
    with panel(tmp_path, workspace):
        page = AppTest.from_file(ROOT / "app" / "main.py", default_timeout=SECONDS).run()
        assert [link.label for link in page.get("page_link")] == [f"**{step.title}**" for step in steps]
        for name in ("part7_more", "reports", "catalogue", READ_ONLY):
            go_to(page, name)
            assert not page.exception, name
            assert page.title[0].value == find(steps, name).title
            assert TEXT.strip() in words(page)


def test_a_step_without_a_button_shows_what_it_names_and_nothing_to_run_or_check(workspace, tmp_path):
    with panel(tmp_path, workspace):
        page = AppTest.from_file(ROOT / "app" / "main.py", default_timeout=SECONDS).run()
        go_to(page, READ_ONLY)
        (code,) = page.get("bidi_component")
        assert json.loads(code.proto.json)["file"] == "workshop/examples/loop.py"
        assert [button.key for button in page.main.button] == [f"hint:{READ_ONLY}"]
        assert (len(page.warning), len(page.error)) == (0, 0)


def test_the_table_has_a_row_for_each(workspace):
    table = steps_table(discover(workspace), workspace)
    for phase, name in (("prefect", "part7_more"), ("dagster", "reports"), ("dagster", "catalogue")):
        assert f"(workshop/{phase}/{name}) | What happens here. | 10 |" in table


def test_the_exercise_is_swapped_and_its_goal_is_open_at_first(workspace):
    step = find(discover(workspace), "part7_more")
    (pair,) = solutions_of(step)
    assert [file.parent.name for file in pair] == ["part7_more", "solution"]
    assert solutions_of(step, "wrong")[0][1].parent.name == "wrong"
    with solved(workspace, "part7_more"):
        assert "number * 2" in (step.folder / "flow.py").read_text()
    assert "TODO" in (step.folder / "flow.py").read_text()
    for _, check in load_checks(step.check_file):
        assert "press Run" in judge(check, RecordedEvidence(step=step.id)).message


def test_the_command_line_has_the_new_part(workspace):
    command = [sys.executable, str(workspace / "workshop" / "prefect" / "Prefect_Workshop.py"), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "  part7 " in done.stdout
    assert READ_ONLY not in done.stdout


def test_prefect_gets_its_deployment_and_dagster_its_job(workspace, monkeypatch):
    registered = []
    monkeypatch.setattr(
        "app.engine.stack.programs.deployments.register_action",
        lambda client, settings, step, action: registered.append((client, settings, step.id, action.target)),
    )
    names, problems = register_steps(None, None, discover(workspace))
    assert "double-number/part7_more" in names
    assert problems == []
    program = (
        "from pathlib import Path\nfrom workshop.dagster import definitions\n"
        "found = definitions.definitions_for('me', Path.cwd())\n"
        "print(*[job.name for job in found.resolve_all_job_defs()])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=workspace, capture_output=True, text=True, check=True)
    jobs = {step.id: step.actions[0].target for step in discover(workspace) if step.phase.id == "dagster"}
    assert jobs["reports"] == "reports__report_job"
    assert jobs["catalogue"] == jobs["assets"] == "churn_training_job"
    assert set(jobs.values()) <= set(done.stdout.split())
