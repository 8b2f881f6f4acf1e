"""Find words and names in code that a stranger would stumble over.

Each function takes the text of a Python file and gives one sentence for each problem, with its line.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

MOST_LETTERS = 110
MOST_WORDS = 22
OLD_TURNS = (
    "anew",
    "be it",
    "be that",
    "ere",
    "hence",
    "in vain",
    "lest",
    "mountain",
    "not as it must be",
    "of old",
    "soever",
    "tell of",
    "tells of",
    "thereby",
    "thereof",
    "told apart",
    "told from",
    "whence",
    "whereby",
    "whichever",
    "without more ado",
)
"""Metaphors and turns of another century that were in this code once."""
VAGUE_NAMES = frozenset({"beside", "found", "is_sure", "known", "look_again", "pick", "picked", "picks"})
"""They do not say what a thing is: `found` may be anything."""
OLD_TURN = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, OLD_TURNS))})(?![\w-])", re.IGNORECASE)
SWALLOWS = {"explain", "suppress"}


def first_lines(source: str) -> Iterator[str]:
    """Name the docstrings whose first line is too long, holds a semicolon or is no sentence."""
    for line, text in docstrings(source):
        first = text.strip().partition("\n")[0].strip()
        if ";" in first:
            yield f"{line}: make two sentences of it: {first}"
        if text and not first.endswith("."):
            yield f"{line}: end the first line with a full stop: {first}"
        if len(first) > MOST_LETTERS or len(first.split()) > MOST_WORDS:
            yield f"{line}: say it in {MOST_WORDS} words at most: {first}"


def old_turns(source: str) -> Iterator[str]:
    """Name the comments and docstrings with a turn that is not plain English."""
    for line, text in [*_comments(source), *_bare_strings(source)]:
        for match in OLD_TURN.finditer(" ".join(text.split())):
            yield f"{line}: say it in plain English: {match[0]}"


def vague_names(source: str) -> Iterator[str]:
    """Name the functions, parameters and variables whose name says nothing."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.FunctionDef(name=name):
                if name in VAGUE_NAMES:
                    yield f"{node.lineno}: say what it is: {name}"


def swallowed(source: str) -> Iterator[str]:
    """Name the values that are returned from a block whose errors are swallowed.

    The code after such a block is the path of failure, and nothing says so: use try and except.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.With) and any(_swallows(item.context_expr) for item in node.items):
            yield from (
                f"{each.lineno}: use try and except"
                for each in _own_nodes(node)
                if isinstance(each, ast.Return) and each.value is not None
            )


def docstrings(source: str) -> Iterator[tuple[int, str]]:
    """List the docstrings of a module, its classes and functions, each with the line of its owner."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield getattr(node, "lineno", 1), ast.get_docstring(node) or ""


def _bare_strings(source: str) -> Iterator[tuple[int, str]]:
    """List all docstrings, those of attributes and constants included."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str() as text)):
                yield node.lineno, text


def _comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _swallows(expression: ast.expr) -> bool:
    called = expression.func if isinstance(expression, ast.Call) else expression
    return ast.unparse(called).rpartition(".")[2] in SWALLOWS


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.Lambda):
            yield child
            yield from _own_nodes(child)
