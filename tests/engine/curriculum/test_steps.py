"""The curriculum is discovered from folders; what is wrong in one is an error that names file and line."""

from pathlib import Path

import pytest

from app.engine.curriculum.front_matter import PARTS
from app.engine.curriculum.steps import discover, find
from app.engine.errors import ContentError
from tests.engine.content import FLOW, PHASE, STEP, write_step

FRENCH = STEP.replace("Run the flow", "Lancer le flow").replace("First flow", "Premier flow").replace("this", "ceci")


def refusal_of(root: Path) -> ContentError:
    with pytest.raises(ContentError) as caught:
        discover(root)
    return caught.value


def problem_of(root: Path, language: str = "en") -> str:
    """What the step `first` says is wrong with it, while another one beside it is well."""
    write_step(root, "second", text=STEP.replace("order: 1", "order: 2"))
    first, second = (find(discover(root, language), step) for step in ("first", "second"))
    assert (first.actions, second.problem, len(second.actions)) == ((), "", 1)
    return first.problem


def test_a_step_is_what_its_folder_says(tmp_path):
    write_step(tmp_path)
    (step,) = discover(tmp_path)
    assert (step.id, step.title, step.minutes, step.text) == ("first", "First flow", 15, "Read **this**.")
    assert (step.phase.id, step.phase.title, step.phase.color) == ("prefect", "Prefect", "blue")
    assert step.check_file == tmp_path / "workshop/prefect/first/check.py"
    (action,) = step.actions
    assert (action.label, action.target) == ("Run the flow", "first-flow/first")
    assert action.entrypoint == "workshop/prefect/first/flow.py:first_flow"
    assert action.file == Path("workshop/prefect/first/flow.py")
    assert action.parameters == {"rows": 3}


def test_steps_come_in_the_order_in_which_they_are_taught(tmp_path):
    for phase, order in (("mlflow", 3), ("prefect", 1)):
        for step, number in (("a", 2), ("b", 1)):
            write_step(tmp_path, f"{phase}_{step}", phase, STEP.replace("order: 1", f"order: {number}"))
        (tmp_path / "workshop" / phase / "phase.md").write_text(PHASE.replace("order: 2", f"order: {order}"))
    steps = discover(tmp_path)
    assert [step.id for step in steps] == ["prefect_b", "prefect_a", "mlflow_b", "mlflow_a"]
    assert find(steps, "mlflow_b") is steps[2]
    assert find(steps, "no_such") is None


def test_a_folder_without_step_md_is_no_step(tmp_path):
    write_step(tmp_path)
    (tmp_path / "workshop" / "churn").mkdir()
    (tmp_path / "workshop" / "prefect" / "notes").mkdir()
    assert len(discover(tmp_path)) == 1
    assert discover(tmp_path / "nothing") == []


@pytest.mark.parametrize(
    ("decorator", "target"),
    [
        ("@flow", "first-flow/first"),
        ("@flow(name='Own name', retries=2)", "Own name/first"),
        ("@prefect.flow", "first-flow/first"),
    ],
)
def test_a_deployment_is_named_as_prefect_names_the_flow(tmp_path, decorator, target):
    write_step(tmp_path, code=FLOW.replace("@flow(log_prints=True)", decorator))
    assert discover(tmp_path)[0].actions[0].target == target


def test_a_dagster_job_is_the_learners_own_and_a_deployment_everybodys(tmp_path):
    write_step(tmp_path)
    text = STEP.replace("prefect\n", "dagster\n").replace("flow.py:first_flow", "flow.py:nightly_job")
    write_step(tmp_path, "assets", text=text, code=FLOW + "\nnightly_job = make()\n")
    job, flow = (find(discover(tmp_path), step).actions[0] for step in ("assets", "first"))
    assert (job.target_of("me"), job.target_of("bob-x")) == ("nightly_job", "nightly_job_bob_x")
    assert (flow.target_of("me"), flow.target_of("bob-x")) == ("first-flow/first", "first-flow/first")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("minutes", "minute", 5, "unknown key `minute`"),
        ("summary: Run it.\n", "", 2, "the key `summary` is missing"),
        ("flow.py:first", "flows.py:first", 9, "there is no file flows.py beside this one"),
        ("flow.py:first_flow", "flow.py:second_flow", 9, "flow.py does not define `second_flow`"),
        ("flow.py:first_flow", "flow.py:load", 9, "`load` in flow.py is not decorated with @flow"),
        ("flow.py:first_flow", "flow.py:FIELDS", 9, "`FIELDS` in flow.py is not decorated with @flow"),
        ("[load, first_flow]", "[load, lost]", 10, "flow.py does not define `lost`"),
        ("title: First flow", "title: [", 4, "this is not YAML"),
    ],
)
def test_bad_content_is_named_with_file_and_line(tmp_path, old, new, line, words):
    file = write_step(tmp_path, text=STEP.replace(old, new))
    problem = problem_of(tmp_path)
    assert problem.startswith(f"{file}:{line}: ")
    assert words in problem


def test_code_that_is_not_python_is_named_with_its_own_line(tmp_path):
    file = write_step(tmp_path, code=FLOW + "def broken(:\n")
    code, line = file.with_name("flow.py"), FLOW.count("\n") + 1
    assert problem_of(tmp_path).startswith(f"{code}:{line}: this is not Python")
    assert find(discover(tmp_path), "first").text == "Read **this**."


def test_code_that_is_not_utf8_is_named(tmp_path):
    file = write_step(tmp_path)
    file.with_name("flow.py").write_bytes(FLOW.replace('"a"', '"é"').encode("latin-1"))
    assert problem_of(tmp_path).startswith(f"{file.with_name('flow.py')}:")


def test_an_id_belongs_to_one_step(tmp_path):
    write_step(tmp_path, phase="dagster")
    file = write_step(tmp_path, phase="prefect")
    problem = refusal_of(tmp_path)
    assert problem.file == file
    assert "`first` is already the id of" in problem.problem
    assert problem.problem.endswith("workshop/dagster/first.")


@pytest.mark.parametrize("name", ["Part1", "1st", "part-1", "deux étapes"])
def test_a_folder_name_that_cannot_be_an_address_is_refused(tmp_path, name):
    file = write_step(tmp_path, name)
    problem = refusal_of(tmp_path)
    assert problem.file == file
    assert f"`{name}` cannot be a step's id" in problem.problem


def test_a_phase_without_its_file_is_named(tmp_path):
    file = write_step(tmp_path).parents[1] / "phase.md"
    file.unlink()
    assert (refusal_of(tmp_path).file, "needs this file" in refusal_of(tmp_path).problem) == (file, True)


def test_words_are_translated_and_what_runs_is_not(tmp_path):
    write_step(tmp_path).with_name("step.fr.md").write_text(FRENCH)
    (english,), (french,) = discover(tmp_path), discover(tmp_path, "fr")
    assert (french.title, french.text) == ("Premier flow", "Read **ceci**.")
    assert (english.actions[0].label, french.actions[0].label) == ("Run the flow", "Lancer le flow")
    assert french.actions[0].entrypoint == english.actions[0].entrypoint
    assert french.actions[0].target == english.actions[0].target


def test_english_is_shown_where_there_is_no_translation(tmp_path):
    write_step(tmp_path)
    assert discover(tmp_path, "fr") == discover(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("order: 1", "order: 2", 4, "`order` differs from step.md"),
        ("minutes: 15", "minutes: 20", 5, "`minutes` differs from step.md"),
        ("{rows: 3}", "{rows: 4}", 6, "`actions` differs from step.md"),
        ("hints:", "indices:", 12, "unknown key `indices`"),
    ],
)
def test_a_translation_that_changes_more_than_words_is_named(tmp_path, old, new, line, words):
    file = write_step(tmp_path).with_name("step.fr.md")
    file.write_text(FRENCH.replace(old, new))
    problem = problem_of(tmp_path, "fr")
    assert problem.startswith(f"{file}:{line}: ")
    assert words in problem


READ_ONLY = STEP[: STEP.index("actions:")] + STEP[STEP.index("hints:") :]


def with_action(kind: str, target: str) -> str:
    action = f"actions:\n  - label: Look\n    kind: {kind}\n    target: {target}\nhints:"
    return READ_ONLY.replace("hints:", action)


def test_a_step_may_have_no_action_and_has_the_usual_parts(tmp_path):
    write_step(tmp_path, text=READ_ONLY)
    (step,) = discover(tmp_path, parts=PARTS)
    assert (step.problem, step.actions, step.files, step.parts) == ("", (), (), PARTS)


def test_an_action_may_be_a_notebook_or_an_example(tmp_path):
    folder = write_step(tmp_path, text=with_action("notebook", "look.ipynb")).parent
    (folder / "look.ipynb").write_text("{}")
    write_step(tmp_path, "second", text=with_action("file", "examples/loop.py"))
    (tmp_path / "workshop" / "examples").mkdir()
    (tmp_path / "workshop" / "examples" / "loop.py").write_text("")
    first, second = (find(discover(tmp_path), name) for name in ("first", "second"))
    assert (first.problem, first.files) == ("", (Path("workshop/prefect/first/look.ipynb"),))
    assert (second.problem, second.files) == ("", (Path("workshop/examples/loop.py"),))
    assert first.actions == second.actions == ()


@pytest.mark.parametrize(
    ("kind", "target", "words"),
    [
        ("notebook", "lost.ipynb", "there is no file lost.ipynb beside this one"),
        ("notebook", "flow.py", "flow.py is no notebook"),
        ("file", "examples/lost.py", "there is no file examples/lost.py in workshop/"),
        ("file", "../../../secret.txt", "../../../secret.txt is outside workshop/"),
    ],
)
def test_a_file_that_cannot_be_shown_is_named(tmp_path, kind, target, words):
    (tmp_path / "secret.txt").write_text("")
    file = write_step(tmp_path, text=with_action(kind, target))
    problem = problem_of(tmp_path)
    assert problem.startswith(f"{file}:9: ")
    assert words in problem


def test_a_part_that_no_page_knows_is_named_with_those_that_it_knows(tmp_path):
    file = write_step(tmp_path, text=STEP.replace("hints:", "parts: [text, quizz]\nhints:"))
    (step,) = discover(tmp_path, parts=("text", "quiz"))
    assert step.problem == f"{file}:12: `quizz` is no part of a page; the parts are text, quiz."


def test_a_dagster_job_carries_its_step_unless_it_is_in_the_shared_module(tmp_path):
    text = STEP.replace("prefect\n", "dagster\n")
    job = FLOW + "\nnightly_job = make()\n"
    write_step(tmp_path, "assets", "dagster", text.replace("flow.py:first_flow", "flow.py:nightly_job"), job)
    write_step(tmp_path, "reports", "dagster", text.replace("flow.py:first_flow", "flow.py:nightly_job"), job)
    write_step(tmp_path, "sharing", "dagster", text.replace("flow.py:first_flow", "../assets/flow.py:nightly_job"))
    targets = {step.id: step.actions[0].target for step in discover(tmp_path)}
    assert targets == {"assets": "nightly_job", "reports": "reports__nightly_job", "sharing": "nightly_job"}
    assert find(discover(tmp_path), "sharing").actions[0].file == Path("workshop/dagster/assets/flow.py")
