"""A step's text: what comes before the first heading, then each section, as tabs."""

import re

import streamlit as st

from app.i18n import _

HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def sections(text: str) -> list[tuple[str, str]]:
    """Cut Markdown at its `## ` headings into pairs of heading and text.

    Lines inside code fences are no headings. The first pair has an empty heading.
    """
    parts: list[tuple[str, list[str]]] = [("", [])]
    fenced = False
    for line in text.splitlines():
        fenced ^= line.lstrip().startswith("```")
        if not fenced and (heading := HEADING.match(line)):
            parts.append((heading[1].strip(), []))
        else:
            parts[-1][1].append(line)
    return [(heading, "\n".join(lines).strip()) for heading, lines in parts]


def show(text: str, key: str) -> None:
    """Show the text of a step."""
    (_none, first), *others = sections(text)
    if not others:
        st.markdown(first)
        return
    read = [(_("Read"), first)] if first else []
    named = [*read, *others]
    for tab, (_heading, body) in zip(st.tabs([name for name, _body in named], key=key), named, strict=True):
        with tab:
            st.markdown(body)
