"""Show moments in the viewer's time zone. In Compose, this machine's clock says UTC."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def local(moment: datetime) -> datetime:
    """Put a moment into the browser's time zone, or this machine's where that is not known."""
    try:
        return moment.astimezone(ZoneInfo(st.context.timezone or ""))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return moment.astimezone()


def clock(moment: datetime) -> str:
    """Write the time of day: 14:05:09."""
    return f"{local(moment):%H:%M:%S}"
