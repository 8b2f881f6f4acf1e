"""The solution of an exercise: what it changes in the learner's file, and nothing where there is none."""

import pytest

from app.components.step import solution
from app.engine.curriculum.steps import discover
from tests.engine.content import FLOW, write_step
from tests.shown import page_of, panel, shown, words


@pytest.fixture
def step(tmp_path):
    folder = write_step(tmp_path).parent
    (folder / "solution").mkdir()
    (folder / "solution" / "flow.py").write_text(FLOW.replace("return rows", "return rows * 2"))
    with panel(tmp_path / "data", tmp_path):
        yield discover(tmp_path)[0]


def test_the_solution_is_shown_as_what_it_changes(step):
    page = shown(solution.show, step, step.actions[0])
    lines = page.code[0].value.splitlines()
    assert "-    return rows" in lines
    assert "+    return rows * 2" in lines
    assert "`workshop/prefect/first/solution/flow.py`" in words(page)


def test_who_has_the_solution_is_told(step):
    (step.folder / "flow.py").write_text((step.folder / "solution" / "flow.py").read_text())
    page = shown(solution.show, step, step.actions[0])
    assert (len(page.code), page.caption[0].value) == (0, "Your file is the solution.")


def test_a_step_without_a_solution_shows_nothing(step):
    (step.folder / "solution" / "flow.py").unlink()
    assert words(shown(solution.show, step, step.actions[0])) == ""


@pytest.mark.parametrize(("failed", "is_offered"), [(0, False), (1, False), (2, True), (3, True)])
def test_it_is_offered_after_two_checks_that_did_not_pass(step, failed, is_offered):
    def draw():
        solution.show(step, step.actions[0])

    page = page_of(draw)
    page.session_state["failed_checks:first"] = failed
    assert ("Compare with the solution." in words(page.run())) is is_offered
