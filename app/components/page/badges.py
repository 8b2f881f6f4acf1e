"""States as badges: a run's in the orchestrator's own word, coloured by its phase; a service's health."""

from typing import Literal

import streamlit as st

from app.components.page.markdown import Markdown, escape, sentence
from app.engine.orchestrators.contract import HealthState, ServiceHealth
from app.i18n import _
from workshop.checking import Phase

Color = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray"]

BADGES: dict[Phase, tuple[Color, str]] = {
    Phase.WAITING: ("orange", ":material/schedule:"),
    Phase.RUNNING: ("blue", ":material/progress_activity:"),
    Phase.SUCCEEDED: ("green", ":material/check_circle:"),
    Phase.FAILED: ("red", ":material/cancel:"),
    Phase.CANCELLED: ("gray", ":material/block:"),
    Phase.UNKNOWN: ("violet", ":material/help:"),
}

BAR_COLORS = {
    Phase.WAITING: "#d9822b",
    Phase.RUNNING: "#3f7be8",
    Phase.SUCCEEDED: "#1f9d6b",
    Phase.FAILED: "#d0453f",
    Phase.CANCELLED: "#8a93a3",
    Phase.UNKNOWN: "#8b5fd3",
}


HEALTH_BADGES: dict[HealthState, tuple[Color, str]] = {
    "up": ("green", ":material/check_circle:"),
    "slow": ("orange", ":material/hourglass_top:"),
    "starting": ("orange", ":material/hourglass_top:"),
    "down": ("red", ":material/cloud_off:"),
    "unknown": ("gray", ":material/help:"),
}


def health_badge(service: ServiceHealth, is_named: bool = False) -> None:
    """Show how a service is: the word, or its name in that colour with the reason."""
    color, icon = HEALTH_BADGES[service.state]
    word = {
        "up": _("up"),
        "slow": _("slow"),
        "starting": _("starting"),
        "down": _("down"),
        "unknown": _("not known"),
    }[service.state]
    reason = sentence(service.message) if is_named and not service.is_healthy else None
    st.badge(escape(service.title) if is_named else word, icon=icon, color=color, help=reason)


def state_badge(state: str, phase: Phase) -> None:
    """Show a state."""
    color, icon = BADGES[phase]
    st.badge(escape(state), icon=icon, color=color)


def state_words(state: str, phase: Phase) -> Markdown:
    """Write a state as a badge within other words."""
    color, icon = BADGES[phase]
    return Markdown(f":{color}-badge[{icon} {escape(state)}]")
