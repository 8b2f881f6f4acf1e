"""Read the curriculum: a phase is a folder with `phase.md`, a step a folder in it with `step.md`."""

import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.engine.curriculum.front_matter import (
    PARTS,
    ActionMatter,
    Color,
    Document,
    FileMatter,
    PhaseMatter,
    StepMatter,
    parse_matter,
    read_document,
)
from app.engine.curriculum.source_code import definitions
from app.engine.errors import ContentError
from app.engine.orchestrators.contract import Parameters
from app.engine.orchestrators.registry import tool_named
from workshop.facts import OrchestratorName

STEP_ID = re.compile(r"^[a-z][a-z0-9_]*$")
LAST = 1_000_000
"""The order of a step whose own is not known."""
WORDLESS = ("order", "minutes", "parts", "actions")


@dataclass(frozen=True)
class Phase:
    """A phase of the workshop: a group of steps with a colour and an icon of its own."""

    id: str
    title: str
    order: int
    color: Color
    icon: str


@dataclass(frozen=True)
class Action:
    """One button of a step: what it runs and which code it shows."""

    label: str
    orchestrator: OrchestratorName
    target: str
    """The deployment (`flow/step`) or the job, as the solo learner's is named."""
    entrypoint: str
    """`workshop/…/flow.py:function`, relative to the workspace."""
    functions: tuple[str, ...] = ()
    """Names of the definitions to show, in order; all of the file when empty."""
    parameters: Parameters = field(default_factory=dict)
    """Values that differ from the schema's own defaults."""

    @property
    def file(self) -> Path:
        """The code file, relative to the workspace."""
        return Path(self.entrypoint.partition(":")[0])

    def target_of(self, learner: str) -> str:
        """Name what this learner's click runs: a deployment is everybody's, a Dagster job the learner's own."""
        return tool_named(self.orchestrator).target_of(self.target, learner)


@dataclass(frozen=True)
class Step:
    """One step of the workshop, as its folder describes it."""

    id: str
    phase: Phase
    folder: Path
    title: str
    summary: str
    order: int
    minutes: int
    actions: tuple[Action, ...]
    """Its buttons; a step may have none."""
    hints: tuple[str, ...]
    text: str
    parts: tuple[str, ...] = PARTS
    """Names of what its page shows, in order."""
    files: tuple[Path, ...] = ()
    """Notebooks and examples among its actions, relative to the workspace."""
    problem: str = ""
    """What is wrong in its folder, with file and line; then it has no actions, and maybe no text."""

    @property
    def check_file(self) -> Path:
        """The instructor's checks. A step whose parts have no `check` needs no such file."""
        return self.folder / "check.py"


def discover(root: Path, language: str = "en", parts: Collection[str] | None = None) -> list[Step]:
    """Read every step under `root/workshop`, in the order in which they are taught.

    A step that is wrong says so in its `problem`, and the others are not concerned.

    Args:
        root: the workspace.
        language: of the texts; English where there is no translation.
        parts: names of the parts that pages know; None accepts any name.

    Raises:
        ContentError: two steps have one id, an id cannot be one, or a phase's own file is wrong; names file and line.
    """
    steps = [_read_step(root, file, language, parts) for file in sorted((root / "workshop").glob("*/*/step.md"))]
    seen: dict[str, Step] = {}
    for step in steps:
        if step.id in seen:
            raise ContentError(
                step.folder / "step.md",
                1,
                "`{id}` is already the id of {folder}.",
                id=step.id,
                folder=seen[step.id].folder,
            )
        seen[step.id] = step
    return sorted(steps, key=lambda step: (step.phase.order, step.order))


def find(steps: Sequence[Step], step_id: str) -> Step | None:
    """Find a step by its id."""
    return next((step for step in steps if step.id == step_id), None)


def _read_step(root: Path, file: Path, language: str, parts: Collection[str] | None) -> Step:
    folder = file.parent
    if not STEP_ID.match(folder.name):
        raise ContentError(file, 1, "the folder's name `{name}` cannot be a step's id.", name=folder.name)
    step = Step(folder.name, _read_phase(folder.parent), folder, folder.name, "", LAST, 0, (), (), "")
    try:
        english = read_document(file)
        matter = parse_matter(english, StepMatter)
        step = replace(step, title=matter.title, summary=matter.summary, order=matter.order, minutes=matter.minutes)
        shown, text = _translated(file, language, matter, english.text)
        step = replace(step, title=shown.title, summary=shown.summary, hints=shown.hints, text=text)
        _refuse_unknown_parts(english, matter, parts)
        step = replace(step, parts=matter.parts)
        labels = [action.label for action in shown.actions]
        actions, files = _read_actions(root, english, matter, labels)
    except ContentError as error:
        return replace(step, problem=str(error))
    return replace(step, actions=actions, files=files)


def _refuse_unknown_parts(document: Document, matter: StepMatter, parts: Collection[str] | None) -> None:
    for index, name in enumerate(matter.parts):
        if parts is not None and name not in parts:
            raise ContentError(
                document.file,
                document.line_of(("parts", index)),
                "`{name}` is no part of a page; the parts are {parts}.",
                name=name,
                parts=", ".join(parts),
            )


def _read_actions(
    root: Path, document: Document, matter: StepMatter, labels: Sequence[str]
) -> tuple[tuple[Action, ...], tuple[Path, ...]]:
    """Resolve the actions that start runs, and the files that others name."""
    actions, files = [], []
    for index, (action, label) in enumerate(zip(matter.actions, labels, strict=True)):
        if isinstance(action, FileMatter):
            files.append(_read_file(root, document, index, action))
        else:
            actions.append(replace(_read_action(root, document, index, action), label=label))
    return tuple(actions), tuple(files)


def _read_file(root: Path, document: Document, index: int, matter: FileMatter) -> Path:
    file = _find_file(root, document, index, matter.target)
    if matter.kind == "notebook" and file.suffix != ".ipynb":
        raise _wrong(
            document, index, "target", "{name} is no notebook: its name does not end in .ipynb.", name=matter.target
        )
    return file.relative_to(root)


def _find_file(root: Path, document: Document, index: int, name: str) -> Path:
    """Find a file that front matter names: beside it, elsewhere in `workshop/`, or as `examples/…`."""
    workshop = (root / "workshop").absolute()
    folder = workshop if name.startswith("examples/") else document.file.parent.absolute()
    file = Path(os.path.normpath(folder / name))
    if not file.is_file():
        where = "in workshop/" if name.startswith("examples/") else "beside this one"
        raise _wrong(document, index, "target", "there is no file {name} {where}.", name=name, where=where)
    if not file.is_relative_to(workshop):
        raise _wrong(document, index, "target", "{name} is outside workshop/.", name=name)
    return root / file.relative_to(workshop.parent)


def _translated(file: Path, language: str, matter: StepMatter, text: str) -> tuple[StepMatter, str]:
    other = file.with_name(f"step.{language}.md")
    if not other.exists():
        return matter, text
    document = read_document(other)
    shown = parse_matter(document, StepMatter)
    for key, ours, theirs in zip(WORDLESS, _wordless(matter), _wordless(shown), strict=True):
        if ours != theirs:
            raise ContentError(
                other,
                document.line_of((key,)),
                "`{key}` differs from step.md; translate the title, summary, labels, hints and text only.",
                key=key,
            )
    return shown, document.text


def _wordless(matter: StepMatter) -> tuple[object, ...]:
    """What a translation may not change."""
    actions = [action.model_copy(update={"label": ""}) for action in matter.actions]
    return matter.order, matter.minutes, matter.parts, actions


def _read_phase(folder: Path) -> Phase:
    file = folder / "phase.md"
    if not file.exists():
        raise ContentError(file, 1, "a phase needs this file with title, order, color and icon.")
    matter = parse_matter(read_document(file), PhaseMatter)
    return Phase(folder.name, matter.title, matter.order, matter.color, matter.icon)


def _read_action(root: Path, document: Document, index: int, matter: ActionMatter) -> Action:
    """Resolve a target to what really is in the code file."""
    file_name, _, name = matter.target.partition(":")
    file = _find_file(root, document, index, file_name)
    try:
        defined = definitions(file)
    except SyntaxError as error:
        raise ContentError(file, error.lineno or 1, "this is not Python: {reason}.", reason=error.msg) from error
    if name not in defined:
        raise _wrong(document, index, "target", "{file_name} does not define `{name}`.", file_name=file_name, name=name)
    for function in matter.functions:
        if function not in defined:
            raise _wrong(
                document,
                index,
                "functions",
                "{file_name} does not define `{function}`.",
                file_name=file_name,
                function=function,
            )
    tool = tool_named(matter.orchestrator)
    target = tool.target_in(defined[name], name, document.file.parent.name, file.parent.name)
    if not target:
        raise _wrong(
            document,
            index,
            "target",
            "`{name}` in {file_name} is not {must_be}.",
            name=name,
            file_name=file_name,
            must_be=tool.target_must_be,
        )
    entrypoint = f"{file.relative_to(root).as_posix()}:{name}"
    return Action(matter.label, matter.orchestrator, target, entrypoint, matter.functions, matter.parameters)


def _wrong(document: Document, index: int, key: str, problem: str, /, **values: object) -> ContentError:
    """Name the line of an action's key. `problem` is a template for the values."""
    return ContentError(document.file, document.line_of(("actions", index, key)), problem, **values)
