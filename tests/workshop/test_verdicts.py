"""Verdicts are templates with values: so they can be translated."""

import ast
from pathlib import Path

import pytest

from app.settings import ROOT
from tests.workshop.evidence import RecordedEvidence, run_in
from workshop.checking import NotYet, Verdict, judge, newest_succeeded, passed
from workshop.facts import RunPhase

CHECK_FILES = sorted((ROOT / "workshop").glob("*/*/check.py"))


def is_template(node: ast.expr, names: dict[str, list[ast.expr]]) -> bool:
    """Whether it is written text, or a name to which only such text is given."""
    if isinstance(node, ast.Name):
        return node.id in names and all(is_template(value, {}) for value in names[node.id])
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def composed(source: str) -> list[int]:
    """Lines of verdicts whose sentence is made by an f-string, `.format`, `%` or `+`."""
    lines = []
    for function in [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]:
        names: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                names.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("passed", "NotYet"):
                lines += [] if is_template(node.args[0], names) else [node.lineno]
    return lines


@pytest.mark.parametrize("file", CHECK_FILES, ids=lambda file: file.parent.name)
def test_a_verdict_is_a_template(file: Path):
    assert composed(file.read_text()) == []


@pytest.mark.parametrize(
    "sentence",
    ['f"{run} ran."', '"{} ran.".format(run)', '"%s ran." % run', '"Ran: " + run', "run.name", "unknown"],
)
def test_a_composed_sentence_is_found(sentence):
    assert composed(f"def check(run):\n    raise NotYet({sentence}, run)\n") == [2]
    assert composed(f"def check(run):\n    words = {sentence}\n    return passed(words, run)\n") == [3]


def test_a_verdict_keeps_template_and_values_and_says_both():
    run = run_in(RunPhase.SUCCEEDED)
    verdict = passed("{run} took {seconds:.1f} s.", run, run="calm-{owl}", seconds=2)
    assert (verdict.template, verdict.values) == ("{run} took {seconds:.1f} s.", {"run": "calm-{owl}", "seconds": 2})
    assert verdict.message == "calm-{owl} took 2.0 s."
    assert [proof.id for proof in verdict.proofs] == ["r1"]


def test_a_template_without_its_values_is_refused_at_once():
    with pytest.raises(KeyError, match="run"):
        passed("{run} is there.")


def test_not_yet_becomes_a_verdict_wherever_it_is_raised():
    def check(evidence: RecordedEvidence) -> Verdict:
        newest_succeeded(evidence.flow_runs())
        raise NotYet("Run {name} once more.", name="it")

    assert judge(check, RecordedEvidence()).message == "There is no flow run of yours yet: press Run."
    again = judge(check, RecordedEvidence([run_in(RunPhase.SUCCEEDED)]))
    assert (again.passed, again.message) == (False, "Run it once more.")
