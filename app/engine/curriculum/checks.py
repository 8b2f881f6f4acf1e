"""Run a step's checks: each public function of its `check.py` is one goal."""

import importlib.util
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb

from app.engine.errors import ContentError, WorkshopError
from workshop.checking import Evidence, Verdict, judge

Check = Callable[[Evidence], Verdict]


@dataclass(frozen=True)
class Goal:
    """One goal of a step, and how far this learner is."""

    title: str
    verdict: Verdict | None
    """None while nobody could look."""
    problem: str = ""
    """Why nobody could look: a service that is down, or a check that broke."""


def load_checks(file: Path) -> list[tuple[str, Check]]:
    """Load the goals of a `check.py` in the order in which they are written: (one-line docstring, function).

    Raises:
        ContentError: the file is missing, cannot be loaded, defines no check, or one has no docstring.
    """
    spec = importlib.util.spec_from_file_location(f"check_of_{file.parent.name}", file)
    if not file.is_file() or spec is None or spec.loader is None:
        raise ContentError(file, 1, "a step needs this file with its checks.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever an instructor's file raises is a fault of the content
        raise ContentError(file, _line(file, error), "this does not load: {reason}.", reason=error) from error
    functions = [
        (function.__code__.co_firstlineno, function)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]
    if not functions:
        raise ContentError(file, 1, "this defines no check.")
    for line, function in functions:
        if len((function.__doc__ or "").strip().splitlines()) != 1:
            raise ContentError(file, line, "`{name}` needs a one-line docstring, the goal.", name=function.__name__)
    return [(inspect.getdoc(function) or "", function) for _, function in sorted(functions, key=lambda pair: pair[0])]


def run_checks(file: Path, evidence: Evidence) -> list[Goal]:
    """Ask for each goal's verdict.

    A service that is down or a check that breaks leaves it open and says why.
    """
    return [_judge(file, title, check, evidence) for title, check in load_checks(file)]


def _judge(file: Path, title: str, check: Check, evidence: Evidence) -> Goal:
    try:
        return Goal(title, judge(check, evidence))
    except WorkshopError as error:
        return Goal(title, None, str(error))
    except Exception as error:  # a check that breaks must not take the other goals away
        broken = ContentError(
            file,
            _line(file, error),
            "this check broke: {kind}: {reason}. Please tell your instructor.",
            kind=type(error).__name__,
            reason=error,
        )
        return Goal(title, None, str(broken))


def _line(file: Path, error: Exception) -> int:
    """Find the last line of the file that was reached."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return error.lineno or 1
    reached = [frame.lineno or 1 for frame in extract_tb(error.__traceback__) if frame.filename == str(file)]
    return reached[-1] if reached else 1
