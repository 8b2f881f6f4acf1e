"""The code that a button runs: the named definitions with their true line numbers, the file's path, and copy."""

from html import escape
from pathlib import Path

import streamlit as st
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from app.components.page.markdown import code
from app.engine.curriculum.source_code import CodeBlock, read_blocks
from app.i18n import _

FOLDER = Path(__file__).parent / "code_panel_assets"
_lexer = PythonLexer(stripnl=False)

_view = st.components.v2.component(
    "code_panel",
    html='<div class="panel"></div>',
    css=(FOLDER / "code_panel.css").read_text(encoding="utf-8"),
    js=(FOLDER / "code_panel.js").read_text(encoding="utf-8"),
)


def show(workspace: Path, file: Path, functions: tuple[str, ...], key: str) -> None:
    """Show definitions of a file. `file` is relative to the workspace."""
    path = workspace / file
    if not path.is_file():
        st.error(_("There is no file {file}.").format(file=code(file.as_posix())), icon=":material/error:")
        return
    blocks = read_blocks(path, functions)
    data = {
        "file": file.as_posix(),
        "copyLabel": _("Copy"),
        "copiedLabel": _("Copied"),
        "blocks": [_block_data(block) for block in blocks],
    }
    _view(key=key, data=data)


def _block_data(block: CodeBlock) -> dict[str, str | int]:
    lines = block.text.splitlines() or [""]
    return {
        "first": block.first_line,
        "last": block.first_line + len(lines) - 1,
        "numbers": "\n".join(str(block.first_line + offset) for offset in range(len(lines))),
        "code": block.text,
        "html": _highlighted(block.text),
    }


def _highlighted(text: str) -> str:
    """Colour Python as HTML. Pygments escapes what it does not colour."""
    try:
        return str(highlight(text, _lexer, HtmlFormatter(nowrap=True)))
    except ValueError:
        return escape(text)
