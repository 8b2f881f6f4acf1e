"""Write lengths of time in words."""

from datetime import timedelta

from app.i18n import _

UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))


def duration(length: timedelta) -> str:
    """Write a length of time in the largest unit that fits into it."""
    for unit, name in UNITS:
        if length >= unit:
            return f"{length / unit:.0f} {name}"
    return f"{max(length.total_seconds(), 0):.0f} s"


def countdown(left: timedelta) -> str:
    """Write how long it is until a moment. Seconds and minutes are counted up to 100."""
    if left < timedelta(0):
        return _("now")
    if left < timedelta(seconds=100):
        return f"{left.total_seconds():.0f} s"
    if left < timedelta(minutes=100):
        return f"{left / timedelta(minutes=1):.0f} min"
    return f"{left / timedelta(hours=1):.0f} h"
