"""Read workshop code without running it: which names a file defines, and where."""

import ast
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


@dataclass(frozen=True)
class CodeBlock:
    """A piece of a source file, with its true line numbers."""

    file: Path
    first_line: int
    text: str


def definitions(file: Path) -> dict[str, Definition]:
    """Map the names that a file defines at its top level to their syntax nodes, in order.

    Raises:
        SyntaxError: the file is not Python; `lineno` says where.
    """
    nodes: dict[str, Definition] = {}
    for node in ast.parse(file.read_bytes(), filename=str(file)).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            nodes[node.name] = node
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            nodes[node.target.id] = node
        elif isinstance(node, ast.Assign):
            nodes |= {target.id: node for target in node.targets if isinstance(target, ast.Name)}
    return nodes


def read_blocks(file: Path, names: tuple[str, ...]) -> list[CodeBlock]:
    """Cut the named definitions, with decorators and the comment above, out of a file.

    Give all of the file when no name is given.

    A name that the file no longer defines, or a file that is not Python just now, gives the whole file.
    """
    text = file.read_text(encoding="utf-8", errors="replace")
    whole = [CodeBlock(file, 1, text)]
    try:
        defined = definitions(file)
    except SyntaxError:
        return whole
    if not names or any(name not in defined for name in names):
        return whole
    return [_block(file, text.splitlines(), defined[name]) for name in names]


def _block(file: Path, lines: list[str], node: Definition) -> CodeBlock:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    return CodeBlock(file, first, "\n".join(lines[first - 1 : node.end_lineno]))


def code_hash(workspace: Path) -> str:
    """Hash the paths and bytes of all Python files under `workspace/workshop`: 12 hex digits."""
    files = sorted((workspace / "workshop").rglob("*.py"))
    return _hash_of(workspace, tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files))


@lru_cache(maxsize=256)
def _hash_of(workspace: Path, files: tuple[tuple[Path, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for file, _, _ in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(workspace).as_posix()} {content}\n".encode())
    return digest.hexdigest()[:12]
