"""Read the YAML front matter of a Markdown file into a model, and name the line of whatever is wrong with it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError
from pydantic_core import PydanticCustomError

from app.engine.errors import ContentError
from app.engine.message import Message
from app.engine.orchestrators.registry import TOOLS

FENCE = "---"
Model = TypeVar("Model", bound=BaseModel)


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


PARTS = ("text", "run", "result", "schedules", "check", "hints", "solution", "code", "request")
"""What a step's page shows, and in which order, unless its front matter names other parts."""
Color = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray"]


def _registered(name: str) -> str:
    if name not in TOOLS:
        names = " or ".join(repr(name) for name in TOOLS)
        raise PydanticCustomError("orchestrator", "Input should be {names}", {"names": names})
    return name


class ActionMatter(_Closed):
    """One button that starts a run, as `step.md` writes it."""

    label: str = Field(pattern=r"^(Run|Lancer)\b")
    orchestrator: Annotated[str, AfterValidator(_registered)]
    target: str = Field(pattern=r"^[^:]+\.py:\w+$")
    functions: tuple[str, ...] = ()
    parameters: dict[str, Any] = {}
    kind: Literal["run"] = "run"


class FileMatter(_Closed):
    """A notebook, or a file of `workshop/examples/`, that a step names as one of its actions."""

    label: str = Field(min_length=1)
    target: str = Field(pattern=r"^[^:]+\.\w+$")
    kind: Literal["notebook", "file"]


KINDS = {"run": ActionMatter, "notebook": FileMatter, "file": FileMatter}
"""The kinds of actions, each with its keys."""


def _tag(action: Any) -> str:
    kind = action.get("kind", "run") if isinstance(action, dict) else getattr(action, "kind", "run")
    return {"run": "run", "notebook": "of_file", "file": "of_file"}.get(str(kind), str(kind))


AnyAction = Annotated[Annotated[ActionMatter, Tag("run")] | Annotated[FileMatter, Tag("of_file")], Discriminator(_tag)]


class StepMatter(_Closed):
    """The closed set of keys of a `step.md`."""

    title: str = Field(min_length=1)
    summary: str = Field(min_length=1)
    order: int
    minutes: int = Field(ge=1)
    actions: tuple[AnyAction, ...] = ()
    hints: tuple[str, ...] = ()
    parts: tuple[str, ...] = PARTS


class PhaseMatter(_Closed):
    """The closed set of keys of a `phase.md`."""

    title: str = Field(min_length=1)
    order: int
    color: Color
    icon: str


@dataclass(frozen=True)
class Document:
    """A Markdown file: its front matter's text, the line on which that begins, and the text below it."""

    file: Path
    matter: str
    text: str

    def line_of(self, path: tuple[int | str, ...]) -> int:
        """Find the line (from 1) of the key or item at `path`, or of the nearest thing around it."""
        node: yaml.Node | None = yaml.compose(self.matter)
        line = 2
        for part in path:
            child = _child(node, part)
            if child is None:
                break
            line, node = child
        return line


def _child(node: yaml.Node | None, part: int | str) -> tuple[int, yaml.Node] | None:
    first_line = 2  # the fence is line 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line + first_line, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line + first_line, node.value[part]
    return None


def read_document(file: Path) -> Document:
    """Split a Markdown file into front matter and text.

    Raises:
        ContentError: not UTF-8, or the file does not begin with a block between two `---` lines.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ContentError(file, line, "this is not UTF-8; save the file in that encoding.") from error
    if not lines or lines[0].strip() != FENCE or FENCE not in [line.strip() for line in lines[1:]]:
        raise ContentError(file, 1, "begin the file with front matter between two lines of `---`.")
    end = next(number for number, line in enumerate(lines[1:], 1) if line.strip() == FENCE)
    return Document(file, "\n".join(lines[1:end]), "\n".join(lines[end + 1 :]).strip())


def parse_matter(document: Document, model: type[Model]) -> Model:
    """Validate front matter against a closed model.

    Raises:
        ContentError: not YAML, an unknown key, a missing one or a value of the wrong kind; names file and line.
    """
    try:
        values = yaml.safe_load(document.matter)
    except yaml.YAMLError as error:
        raise _not_yaml(document, error) from error
    try:
        return model.model_validate(values)
    except ValidationError as error:
        # a misspelt key is both unknown and missing: the unknown one has a line to look at
        first = min(error.errors(), key=lambda entry: entry["type"] != "extra_forbidden")
        place = _without_tag(first["loc"])
        key = ".".join(str(part) for part in place) or "front matter"
        problem = _sentence(first, key, _keys_at(first["loc"], model))
        raise ContentError(document.file, document.line_of(place), problem) from error


def _not_yaml(document: Document, error: yaml.YAMLError) -> ContentError:
    line, problem = 2, str(error)
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        line, problem = error.problem_mark.line + 2, str(error.problem)
    if isinstance(error, yaml.reader.ReaderError):
        line, problem = document.matter[: error.position].count("\n") + 2, str(error.reason)
    return ContentError(document.file, line, "this is not YAML: {problem}.", problem=problem)


def _without_tag(place: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Leave out which of several models was chosen: no key of the file says so."""
    return (*place[:2], *place[3:]) if place[:1] == ("actions",) and place[2:3] in (("run",), ("of_file",)) else place


def _keys_at(place: tuple[int | str, ...], model: type[BaseModel]) -> str:
    """List the keys that are allowed at a place of the front matter."""
    if len(place) == 1:
        return ", ".join(model.model_fields)
    return ", ".join((FileMatter if "of_file" in place else ActionMatter).model_fields)


def _sentence(error: Any, key: str, keys: str) -> Message:
    match error["type"]:
        case "extra_forbidden":
            return Message("unknown key `{key}`; the keys are {keys}.", key=key, keys=keys)
        case "missing":
            return Message("the key `{key}` is missing.", key=key)
        case "union_tag_invalid":
            kind = error["ctx"]["tag"]
            return Message("`{kind}` is no kind of action; the kinds are {kinds}.", kind=kind, kinds=", ".join(KINDS))
        case _:
            return Message("`{key}`: {problem}.", key=key, problem=error["msg"])
