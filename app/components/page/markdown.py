"""Write text of services and addresses into Markdown: as plain text, code, links and tables.

What a component gives Streamlit as Markdown is a literal of ours or a `Markdown` made here.
"""

import re
from collections.abc import Sequence
from typing import NewType
from urllib.parse import quote

Markdown = NewType("Markdown", str)
"""Text that Streamlit may read as Markdown: no words of a service format anything in it."""

SPLIT = ":small{}"
"""An empty directive, of which a reader sees and copies nothing.

Streamlit looks for links, e-mail addresses, emoji, icons and arrows again after it has resolved
all escapes. It does so within one piece of text. This makes two pieces of it.
"""
MARK = "\0"
"""Stands for `SPLIT` while the rest is escaped."""
ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
"""Codes for a terminal, such as colours."""
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
READ_LATE = re.compile(r":(?! )|@|www(?=\.|$)|[<>=~-](?=[<>=~-])", re.IGNORECASE)
"""Where `:smile:`, `http://`, `somebody@host.org`, `www.host.org` and `<->` are cut in two."""
SIGNS = re.compile(r"[\\`*{}<>|$~&=@]|:(?! )|(?<![^\W_])_|_(?![^\W_])")
START = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[-+#]))")
"""Starts a list or a heading."""
REFERENCES = re.compile(r"[\[\]\t\n\r]|^ | $")
"""Characters without an escape, or whose escape means something else to `st.badge`."""
SAFE_IN_URLS = ":/?#[]@!$&'*+,;=%~"
LINKED = ("http://", "https://")


def escape(text: str) -> Markdown:
    """Write text so that it is shown letter by letter, in one line."""
    text = CONTROLS.sub("\N{REPLACEMENT CHARACTER}", without_ansi(text))
    text = READ_LATE.sub(rf"\g<0>{MARK}", text)
    text = START.sub(r"\1\\", SIGNS.sub(r"\\\g<0>", text))
    return Markdown(REFERENCES.sub(lambda match: f"&#{ord(match[0])};", text).replace(MARK, SPLIT))


def paragraph(text: str) -> Markdown:
    """Write text so that it is shown letter by letter, line by line."""
    return Markdown("  \n".join(escape(line) for line in text.splitlines() if line.strip()))


def sentence(text: str) -> Markdown:
    """Write what the engine or a check says. Only `code` between backticks is formatted."""
    lines = (re.split(r"`([^`]+)`", line.strip()) for line in text.splitlines() if line.strip())
    return Markdown("  \n".join("".join(_code_and_text(parts)) for parts in lines))


def code(text: str) -> Markdown:
    """Write text as code, in one line."""
    text = " ".join(without_ansi(text).splitlines())
    if not text.strip() or ":material/" in text:  # an icon to Streamlit, even in code
        return escape(text)
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    room = " " if text[0] in "` " or text[-1] in "` " else ""
    return Markdown(f"{fence}{room}{text}{room}{fence}")


def link(text: str, url: str) -> Markdown:
    """Write a link to a page, or the text alone when the address is not one of a page."""
    if not url.startswith(LINKED):
        return escape(text)
    return Markdown(f"[{escape(text)}]({quote(url, safe=SAFE_IN_URLS)})")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Markdown:
    """Write a table of cells that are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return Markdown("\n".join("| " + " | ".join(_in_a_cell(cell) for cell in cells) + " |" for cells in lines))


def without_ansi(text: str) -> str:
    """Leave out the codes that colour a terminal."""
    return ANSI.sub("", text)


def _code_and_text(parts: Sequence[str]) -> list[str]:
    """Write every second part as code. Spaces beside code stay as they are."""
    return [code(part) if number % 2 else _inner(part) for number, part in enumerate(parts)]


def _inner(part: str) -> str:
    words = part.strip(" ")
    left, _words, right = part.partition(words) if words else (part, "", "")
    return f"{left}{escape(words)}{right}"


def _in_a_cell(cell: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", cell.replace("\n", " "))
