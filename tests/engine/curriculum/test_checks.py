"""A step's goals are the functions of its `check.py`; what is wrong with that file is named with its line."""

import pytest

from app.engine.curriculum.checks import load_checks, run_checks
from app.engine.errors import ContentError, ServiceDown
from tests.workshop.evidence import RecordedEvidence

CHECKS = '''"""Goals."""
from workshop.checking import Evidence, NotYet, Verdict, passed


def second_letter(evidence: Evidence) -> Verdict:
    """Run it."""
    return _look(evidence)


def a_letter(evidence: Evidence) -> Verdict:
    """Run it twice."""
    if len(evidence.flow_runs()) < 2: raise NotYet("Press {button} again.", button="Run")
    return passed("There are two.")


def _look(evidence):
    if not evidence.flow_runs(): raise NotYet("Press Run.")
    return passed("There is one.")
'''


class EvidenceWithoutPrefect(RecordedEvidence):
    def flow_runs(self):
        raise ServiceDown("Prefect", "http://localhost:4200")


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "check.py"
    file.write_text(CHECKS)
    return file


def problem_of(file):
    with pytest.raises(ContentError) as caught:
        load_checks(file)
    assert caught.value.file == file
    return caught.value


def test_goals_come_in_the_order_in_which_they_are_written(file):
    assert [title for title, _ in load_checks(file)] == ["Run it.", "Run it twice."]


def test_each_goal_gets_its_verdict(file):
    first, second = run_checks(file, RecordedEvidence())
    assert (first.title, first.verdict.passed, first.verdict.message) == ("Run it.", False, "Press Run.")
    assert (second.verdict.message, second.problem) == ("Press Run again.", "")


def test_a_service_that_is_down_leaves_its_goals_open_and_the_others_judged(file):
    file.write_text(CHECKS.replace("len(evidence.flow_runs()) < 2", "evidence.dagster_runs()"))
    first, second = run_checks(file, EvidenceWithoutPrefect())
    assert first.verdict is None
    assert first.problem.startswith("Prefect does not answer at http://localhost:4200")
    assert second.verdict.passed


def test_a_check_that_breaks_does_not_take_the_other_goals_away(file):
    file.write_text(CHECKS.replace("return _look(evidence)", "return evidence.flow_runs()[0]"))
    first, second = run_checks(file, RecordedEvidence())
    assert first.verdict is None
    assert "list index out of range" in first.problem
    assert f"{file}:7" in first.problem
    assert second.verdict.message == "Press Run again."


def test_an_edited_file_is_loaded_anew(file):
    load_checks(file)
    file.write_text(CHECKS.replace("Run it.", "Run it now."))
    assert load_checks(file)[0][0] == "Run it now."


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('    """Run it."""\n', "", 5, "`second_letter` needs a one-line docstring"),
        ("Run it.", "", 5, "`second_letter` needs a one-line docstring"),
        ("Run it.", "Run it.\n    Then look.\n    ", 5, "`second_letter` needs a one-line docstring"),
        ("def a_letter(", "def a_letter(:", 10, "this does not load: "),
        ('"""Goals."""', "\nimport no_such_module", 2, "this does not load: No module named 'no_such_module'"),
        ("\n\n\ndef _look", "\n\nprint(undefined)\n\ndef _look", 15, "this does not load: name 'undefined'"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(file, old, new, line, words):
    assert old in CHECKS
    file.write_text(CHECKS.replace(old, new, 1))
    problem = problem_of(file)
    assert words in problem.problem
    assert problem.line == line


def test_a_step_needs_the_file_and_the_file_needs_checks(file):
    file.write_text("from workshop.checking import passed\n\ndef _private(evidence):\n    pass\n")
    assert problem_of(file).problem == "this defines no check."
    file.unlink()
    assert problem_of(file).problem == "a step needs this file with its checks."
