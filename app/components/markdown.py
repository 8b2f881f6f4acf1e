"""Text from the services, made safe inside Markdown."""

import re


def escape(text: str) -> str:
    """Escape all that Markdown would read as formatting."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|:$~])", r"\\\1", text)


def link(text: str, url: str) -> str:
    """Write a link."""
    return f"[{escape(text)}]({url})"
