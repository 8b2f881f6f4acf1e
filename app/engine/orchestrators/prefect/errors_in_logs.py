"""Find the exception in the log lines of a Prefect task run."""

import re
from collections.abc import Sequence

REASONS = (
    re.compile(r"Task run failed with [a-z ]+: (?P<error>.+?)(?: - [^-]*)?$", re.S),
    re.compile(r"(?P<error>Task run exceeded timeout of .+)$"),
    re.compile(r"Finished in state Failed\(\W*Task run encountered an exception (?P<error>.+?)['\"]?\)$", re.S),
)
"""Prefect's lines that name an exception, the most precise first. An attempt that is not retried has only the last
one."""


def error_in(messages: Sequence[str]) -> str:
    """Find the exception that ended an attempt, or an empty text when no line names one."""
    matches = (pattern.match(message) for pattern in REASONS for message in messages)
    return next((match["error"] for match in matches if match), "")
