"""Translate strings of the user interface with gettext. Without a catalogue they stay English."""

from gettext import translation
from pathlib import Path

_catalogue = translation("panel", localedir=Path(__file__).parent / "locale", languages=["en"], fallback=True)


def _(text: str) -> str:
    """Translate a string of the user interface."""
    return _catalogue.gettext(text)
