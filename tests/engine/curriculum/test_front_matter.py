"""Front matter is read into a closed model; whatever is wrong with it is named with its line."""

import pytest

from app.engine.curriculum.front_matter import PhaseMatter, StepMatter, parse_matter, read_document
from app.engine.errors import ContentError
from tests.engine.content import PHASE, STEP


def parse(tmp_path, text, model=StepMatter):
    file = tmp_path / "step.md"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return parse_matter(read_document(file), model)


def test_front_matter_and_text_come_apart(tmp_path):
    (tmp_path / "step.md").write_text(STEP)
    document = read_document(tmp_path / "step.md")
    assert document.text == "Read **this**."
    matter = parse_matter(document, StepMatter)
    assert (matter.title, matter.order, matter.minutes, matter.hints) == ("First flow", 1, 15, ("Press it.",))
    assert matter.actions[0].functions == ("load", "first_flow")
    assert matter.actions[0].parameters == {"rows": 3}


def test_a_rule_in_the_text_does_not_end_it(tmp_path):
    (tmp_path / "step.md").write_text(STEP + "\n---\nMore.\n")
    assert read_document(tmp_path / "step.md").text == "Read **this**.\n\n---\nMore."


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("minutes: 15", "minutes: 15\ncolour: red", 6, "unknown key `colour`; the keys are title, summary, order"),
        ("    target:", "    goal: x\n    target:", 9, "unknown key `actions.0.goal`; the keys are label"),
        ("title: First flow\n", "", 2, "the key `title` is missing"),
        ("    orchestrator: prefect\n", "", 7, "the key `actions.0.orchestrator` is missing"),
        ("title: First flow", "title: ''", 2, "`title`: String should have at least 1 character"),
        ("order: 1", "order: first", 4, "`order`: Input should be a valid integer"),
        ("minutes: 15", "minutes: 0", 5, "`minutes`: Input should be greater than or equal to 1"),
        ("Run the flow", "Start the flow", 7, "`actions.0.label`: String should match"),
        ("orchestrator: prefect", "orchestrator: airflow", 8, "`actions.0.orchestrator`: Input should be"),
        ("flow.py:first_flow", "first_flow", 9, "`actions.0.target`: String should match"),
        ("[load, first_flow]", "[load, 7]", 10, "`actions.0.functions.1`: Input should be a valid string"),
        ("  - Press it.", "  - Press it.\n  - {a: b}", 14, "`hints.1`: Input should be a valid string"),
        (
            "    orchestrator: prefect",
            "    kind: movie",
            7,
            "`movie` is no kind of action; the kinds are run, notebook, file",
        ),
        (
            "    orchestrator: prefect",
            "    kind: notebook",
            10,
            "unknown key `actions.0.functions`; the keys are label, tar",
        ),
        ("order: 1", "order: [1", 5, "this is not YAML"),
        ("order: 1", "order: a: b", 4, "this is not YAML"),
        ("order: 1", "order: \x07", 4, "this is not YAML"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, old, new, line, words):
    assert old in STEP
    with pytest.raises(ContentError) as caught:
        parse(tmp_path, STEP.replace(old, new))
    error = caught.value
    assert error.file == tmp_path / "step.md"
    assert words in error.problem
    assert error.line == line
    assert str(error).startswith(f"{tmp_path / 'step.md'}:{line}: ")


@pytest.mark.parametrize("text", ["", "# No front matter\n", "---\ntitle: never ended\n"])
def test_a_file_without_front_matter_is_told_how_to_begin(tmp_path, text):
    with pytest.raises(ContentError, match=r"step\.md:1: begin the file with front matter"):
        parse(tmp_path, text)


@pytest.mark.parametrize("matter", ["", "just words\n", "- a\n- list\n"])
def test_front_matter_that_is_no_mapping_is_refused(tmp_path, matter):
    with pytest.raises(ContentError, match=r"step\.md:2: `front matter`: "):
        parse(tmp_path, f"---\n{matter}---\n")


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    with pytest.raises(ContentError, match=r"step\.md:3: this is not UTF-8"):
        parse(tmp_path, STEP.replace("Run it.", "Ça marche").encode("latin-1"))


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("color: blue", "color: pink", 4, "`color`: Input should be 'red'"),
        ("color: blue", "shade: blue", 4, "unknown key `shade`; the keys are title, order, color, icon"),
        ("order: 2\n", "", 2, "the key `order` is missing"),
    ],
)
def test_a_phase_is_as_strict(tmp_path, old, new, line, words):
    with pytest.raises(ContentError) as caught:
        parse(tmp_path, PHASE.replace(old, new), PhaseMatter)
    assert words in caught.value.problem
    assert caught.value.line == line
