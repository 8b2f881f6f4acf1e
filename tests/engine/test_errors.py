"""Errors say what they said, and keep the template and the values from which they said it."""

import ast
import pickle
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from app.engine.errors import (
    ContentError,
    InvalidParameters,
    NotFound,
    ServiceBusy,
    ServiceDown,
    ServiceRefused,
)
from app.engine.message import Message
from app.settings import ROOT

URL = "http://127.0.0.1:4200"
ENGINE = ROOT / "app" / "engine"
RAISES = [*sorted(ENGINE.rglob("*.py")), *sorted((ROOT / "app" / "views").rglob("*.py"))]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            ServiceDown("Prefect", URL),
            f"Prefect does not answer at {URL}. Start what is missing with `make up`.",
        ),
        (
            ServiceDown("Docker", "", "the proxy says {status}", status=503),
            "Docker does not answer (the proxy says 503). Start what is missing with `make up`.",
        ),
        (
            ServiceBusy("MLflow", URL, "no answer in time"),
            f"MLflow is slow to answer at {URL} (no answer in time). If it stays so, restart it on the page Services; "
            "`make status` tells how it is.",
        ),
        (ServiceRefused("MLflow", "no column {name}", name="a"), "MLflow refused: no column a"),
        (NotFound("Prefect has no flow run {run_id}.", run_id="r1"), "Prefect has no flow run r1."),
        (
            InvalidParameters({"trees": "0 is too small.", "model.depth": "missing."}),
            "trees: 0 is too small. model.depth: missing.",
        ),
        (ContentError(Path("step.md"), 3, "no file {name}.", name="a.py"), "step.md:3: no file a.py."),
    ],
)
def test_an_error_says_its_sentence(error, text):
    assert str(error) == error.message == text


@pytest.mark.parametrize("text", ["MLflow: {braces} and } are text", "100 %s", ""])
def test_a_sentence_without_values_is_taken_as_it_is(text):
    assert str(NotFound(text)) == text
    assert str(ServiceRefused("MLflow", text)) == f"MLflow refused: {text}"


def test_a_value_with_braces_is_text():
    assert str(NotFound("No run {name}.", name="{template}")) == "No run {template}."


def translated(message: object, catalogue: dict[str, str]) -> object:
    """What a translation will do: every template from the inside out."""
    if not isinstance(message, Message):
        return message
    values = {name: translated(value, catalogue) for name, value in message.values.items()}
    template = catalogue.get(message.template, message.template)
    return template.format(**values) if values else template


def test_a_message_can_be_translated_with_the_messages_in_it():
    french = {
        "{file}:{line}: {problem}": "{file}, ligne {line} : {problem}",
        "no file {name}.": "pas de fichier {name}.",
    }
    error = ContentError(Path("step.md"), 3, "no file {name}.", name="a.py")
    assert translated(error.message, french) == "step.md, ligne 3 : pas de fichier a.py."
    busy = ServiceDown("MLflow", URL, "no answer")
    in_part = str(translated(busy.message, {" at {url}": " à {url}"}))
    assert in_part.startswith(f"MLflow does not answer à {URL} (no answer)")
    refused = InvalidParameters({"cron": Message("{text} is no cron.", text="x")})
    assert (
        translated(refused.message, {"{text} is no cron.": "{text} n'est pas un cron."}) == "cron: x n'est pas un cron."
    )


def test_a_message_outlives_a_cache():
    message = pickle.loads(pickle.dumps(NotFound("No run {name}.", name="r1").message))
    assert (message, message.template, message.values) == ("No run r1.", "No run {name}.", {"name": "r1"})


def engine_errors(trees: list[ast.Module]) -> set[str]:
    """Names of WorkshopError and of all classes below it, and of Message."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    names = {"WorkshopError", "Message"}
    while more := {each.name for each in classes if {ast.unparse(base) for base in each.bases} & names} - names:
        names |= more
    return names


def is_built(node: ast.AST) -> bool:
    """Whether a text is put together before the error has it."""
    match node:
        case ast.JoinedStr() | ast.BinOp(op=ast.Mod()):
            return True
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return any(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in (left, right))
        case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="format")):
            return True
    return False


def built_texts(tree: ast.Module, errors: set[str]) -> list[int]:
    """List the lines on which an error gets a text that no catalogue can hold.

    A value that is given by its name may be built as one likes.
    """
    raised = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise)]
    made = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) in errors]
    calls = [call for call in (*raised, *made) if isinstance(call, ast.Call)]
    parts = [inner for call in calls for given in call.args for inner in ast.walk(given)]
    return sorted({part.lineno for part in parts if is_built(part)})  # type: ignore[attr-defined]


def templates_that_do_not_fit(tree: ast.Module, errors: set[str]) -> Iterator[str]:
    """Calls whose template asks for other values than it is given."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in errors:
            texts = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            given = {each.arg for each in call.keywords}
            fields = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}
            if texts and None not in given and fields != given:
                yield f"{call.lineno}: {ast.unparse(call)}"


def relative(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


TREES = {file: ast.parse(file.read_text()) for file in RAISES}
ERRORS = engine_errors(list(TREES.values()))


@pytest.mark.parametrize("file", RAISES, ids=relative)
def test_errors_have_templates(file):
    assert built_texts(TREES[file], ERRORS) == []


@pytest.mark.parametrize("file", RAISES, ids=relative)
def test_templates_have_their_values(file):
    assert list(templates_that_do_not_fit(TREES[file], ERRORS)) == []


@pytest.mark.parametrize(
    "line",
    [
        'raise NotFound(f"no run {run_id}.")',
        'raise NotFound(f"no run {run_id}.") from error',
        'raise NotFound("no run {}".format(run_id))',
        'raise NotFound("no run " + run_id)',
        'raise NotFound("no run %s" % run_id)',
        'return ServiceDown("Docker", "", f"status {code}")',
        'raise _wrong(document, f"no file {name}")',
        'raise InvalidParameters({"cron": f"{text} is none."})',
        'raise PortTaken(f"{port} is taken.")',
    ],
)
def test_a_text_that_is_built_is_found(line):
    tree = ast.parse(f"class PortTaken(WorkshopError): pass\ndef f():\n    {line}")
    errors = engine_errors([tree, *TREES.values()])
    assert built_texts(tree, errors) == [3]


@pytest.mark.parametrize("line", ['NotFound("no run {name}.", run="r1")', 'NotFound("no run.", run="r1")'])
def test_a_template_that_does_not_fit_is_found(line):
    assert list(templates_that_do_not_fit(ast.parse(line), ERRORS))


def test_the_errors_of_all_rooms_are_known():
    assert {"ServiceBusy", "ContentError", "StoreUnusable", "PortTaken"} <= ERRORS
