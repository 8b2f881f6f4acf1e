"""What every step must be: parametrised over the steps that are discovered, so a new one is tested by being there."""

import ast
import importlib
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.engine.curriculum.checks import load_checks
from app.engine.curriculum.source_code import definitions, read_blocks
from app.engine.curriculum.steps import Action, Step, discover
from app.engine.orchestrators.contract import Orchestrator, Target, Trigger
from app.engine.orchestrators.dagster.client import Dagster
from app.engine.orchestrators.parameters import defaults, merge
from app.engine.orchestrators.prefect.client import Prefect
from app.settings import ROOT
from app.views.step_parts import PARTS
from tests.workshop.evidence import RecordedEvidence
from tests.workspaces import solutions_of
from workshop.checking import judge
from workshop.naming import step_job

STEPS = discover(ROOT, parts=PARTS)
CHECKED = [step for step in STEPS if "check" in step.parts]
ACTIONS = [(step, action) for step in STEPS for action in step.actions]
CHECKS = [(step, goal, check) for step in CHECKED for goal, check in load_checks(step.check_file)]
TRANSLATIONS = [(step, file.suffixes[0][1:]) for step in STEPS for file in sorted(step.folder.glob("step.*.md"))]
EXERCISES = [step for step in STEPS if any("TODO" in (ROOT / action.file).read_text() for action in step.actions)]
CLIENTS: dict[str, Orchestrator] = {
    "prefect": Prefect("http://nowhere", "http://nowhere", "workshop"),
    "dagster": Dagster("http://nowhere", "http://nowhere"),
}

each_step = pytest.mark.parametrize("step", STEPS, ids=lambda step: step.id)
each_action = pytest.mark.parametrize(
    ("step", "action"), ACTIONS, ids=[f"{step.id}-{action.target}" for step, action in ACTIONS]
)
each_check = pytest.mark.parametrize(
    ("step", "goal", "check"), CHECKS, ids=[f"{step.id}-{check.__name__}" for step, _, check in CHECKS]
)


def runnable(action: Action) -> Any:
    """Import what a button runs, as the orchestrator would."""
    path, _, name = action.entrypoint.partition(":")
    return getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), name)


def target_of(action: Action) -> Target:
    """What the orchestrator will say about the target: its name and the schema of its parameters."""
    resolved = runnable(action)
    if action.orchestrator == "prefect":
        from prefect.utilities.callables import parameter_schema

        return Target("prefect", action.target, "d", parameter_schema(resolved.fn).model_dump_for_openapi())
    schemas = resolved.metadata["config_schema"].value
    return Target("dagster", action.target, "j", {"type": "object", "properties": schemas})


def test_there_are_steps_with_actions_and_checks():
    assert STEPS
    assert ACTIONS
    assert CHECKS


def test_ids_are_unique_and_each_place_in_a_phase_is_taken_once():
    places = Counter((step.phase.id, step.order) for step in STEPS)
    assert [place for place, count in places.items() if count > 1] == []
    assert len({step.id for step in STEPS}) == len(STEPS)
    phases = {step.phase.id: step.phase.order for step in STEPS}
    assert len(set(phases.values())) == len(phases)


@each_step
def test_front_matter_is_complete_and_there_is_something_to_read(step: Step):
    assert step.title.strip() == step.title
    assert step.summary.endswith((".", "?", "!"))
    assert 1 <= step.minutes <= 120
    assert step.hints
    assert len(step.text.split()) > 50
    assert not re.search(r"^# ", step.text, re.MULTILINE), "the title is in the front matter"


@pytest.mark.parametrize("step", EXERCISES, ids=lambda step: step.id)
def test_an_exercise_has_a_marked_place_two_hints_a_solution_and_a_wrong_answer(step: Step):
    solved, wrong = solutions_of(step), solutions_of(step, "wrong")
    assert [mine for mine, _ in solved] == [mine for mine, _ in wrong] != []
    for mine, other in solved:
        assert "# TODO" in mine.read_text()
        assert "TODO" not in other.read_text()
    assert len(step.hints) >= 2


def test_who_has_a_solution_has_an_exercise_and_there_are_some():
    assert [step.id for step in STEPS if (step.folder / "solution").exists()] == [step.id for step in EXERCISES]
    assert len(EXERCISES) >= 4


@pytest.mark.parametrize("language", ["en", *sorted({language for _, language in TRANSLATIONS})])
def test_no_step_has_a_problem(language):
    assert {step.id: step.problem for step in discover(ROOT, language, PARTS) if step.problem} == {}


@each_action
def test_what_a_button_runs_imports_and_has_the_name_that_the_panel_asks_for(step: Step, action: Action):
    resolved = runnable(action)
    if action.orchestrator == "prefect":
        from prefect import Flow

        assert isinstance(resolved, Flow)
        assert action.target == f"{resolved.name}/{step.id}"
        assert resolved.description
    else:
        assert action.target == step_job(resolved.name, action.file.parent.name)


@each_action
def test_a_button_can_be_pressed_as_it_is(step: Step, action: Action):
    target = target_of(action)
    click = Trigger("me", step.id, target, merge(defaults(target.schema), action.parameters), "c", "", ROOT)
    assert CLIENTS[action.orchestrator].build_request(click).body


@each_action
def test_every_parameter_is_explained(step: Step, action: Action):
    schema = target_of(action).schema
    parts = [schema] if action.orchestrator == "prefect" else list(schema["properties"].values())
    unexplained = [name for part in parts for name, it in part["properties"].items() if not it.get("description")]
    assert unexplained == [], step.id


@each_action
def test_the_code_that_is_shown_is_there(step: Step, action: Action):
    file = ROOT / action.file
    assert file.parent.parent == step.folder.parent
    assert set(action.functions) <= set(definitions(file))
    blocks = read_blocks(file, action.functions)
    assert len(blocks) == max(len(action.functions), 1)
    lines = file.read_text().splitlines()
    assert all(block.text.splitlines()[0] == lines[block.first_line - 1] for block in blocks)
    assert any(action.entrypoint.partition(":")[2] in block.text for block in blocks)


@pytest.mark.parametrize("step", CHECKED, ids=lambda step: step.id)
def test_every_step_has_checks(step: Step):
    assert load_checks(step.check_file)


@each_check
def test_a_goal_is_one_sentence(step: Step, goal: str, check: Any):
    assert "\n" not in goal
    assert goal[0].isupper(), step.id
    assert goal.endswith("."), check.__name__


@each_check
def test_an_untouched_workspace_is_told_what_to_do(step: Step, goal: str, check: Any):
    verdict = judge(check, RecordedEvidence(learner="me", step=step.id))
    assert not verdict.passed, goal
    assert verdict.proofs == ()
    assert verdict.message.endswith((".", "!"))
    assert len(verdict.message.split()) >= 5


@each_check
def test_another_learners_untouched_workspace_is_told_the_same(step: Step, goal: str, check: Any):
    evidence = RecordedEvidence(step=step.id)
    other = judge(check, replace(evidence, learner="bob-x"))
    assert other.passed is judge(check, evidence).passed is False, goal


@pytest.mark.parametrize(("step", "language"), TRANSLATIONS, ids=[f"{step.id}-{other}" for step, other in TRANSLATIONS])
def test_a_translation_has_the_same_keys_and_runs_the_same(step: Step, language: str):
    other = next(each for each in discover(ROOT, language) if each.id == step.id)
    assert (other.order, other.minutes, len(other.hints)) == (step.order, step.minutes, len(step.hints))
    assert [replace(action, label="") for action in other.actions] == [
        replace(action, label="") for action in step.actions
    ]
    assert (other.title, other.text) != (step.title, step.text)
    for action in other.actions:
        assert not action.label.startswith("Run "), "the label is not translated"
    headings = [len(re.findall(r"^## ", text, re.MULTILINE)) for text in (step.text, other.text)]
    assert headings[0] == headings[1]


@each_step
def test_a_solution_mirrors_files_of_its_step_and_keeps_the_names_that_are_shown(step: Step):
    solution = step.folder / "solution"
    files = [file.relative_to(solution) for file in solution.rglob("*.py") if file.name != "__init__.py"]
    assert [file for file in files if not (step.folder / file).is_file()] == []
    assert files or not solution.exists()
    for file in files:
        shown = {name for action in step.actions if action.file.name == file.name for name in action.functions}
        assert shown <= set(definitions(solution / file)), file


@each_step
def test_code_files_begin_with_what_they_are(step: Step):
    for file in step.folder.rglob("*.py"):
        if file.name != "__init__.py":
            assert ast.get_docstring(ast.parse(file.read_text())), Path(file)
