"""Show states as badges: of a run in the orchestrator's own word, and of a service."""

from typing import Literal

import streamlit as st

from app.components.page.markdown import Markdown, escape, sentence
from app.engine.stack.facts import HealthState, ServiceHealth
from app.i18n import _
from workshop.facts import RunPhase

Color = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray"]

BADGES: dict[RunPhase, tuple[Color, str]] = {
    RunPhase.WAITING: ("orange", ":material/schedule:"),
    RunPhase.RUNNING: ("blue", ":material/progress_activity:"),
    RunPhase.SUCCEEDED: ("green", ":material/check_circle:"),
    RunPhase.FAILED: ("red", ":material/cancel:"),
    RunPhase.CANCELLED: ("gray", ":material/block:"),
    RunPhase.UNKNOWN: ("violet", ":material/help:"),
}

BAR_COLORS = {
    RunPhase.WAITING: "#d9822b",
    RunPhase.RUNNING: "#3f7be8",
    RunPhase.SUCCEEDED: "#1f9d6b",
    RunPhase.FAILED: "#d0453f",
    RunPhase.CANCELLED: "#8a93a3",
    RunPhase.UNKNOWN: "#8b5fd3",
}


HEALTH_BADGES: dict[HealthState, tuple[Color, str]] = {
    "up": ("green", ":material/check_circle:"),
    "slow": ("orange", ":material/hourglass_top:"),
    "starting": ("orange", ":material/hourglass_top:"),
    "down": ("red", ":material/cloud_off:"),
    "unknown": ("gray", ":material/help:"),
}


def health_badge(service: ServiceHealth, is_named: bool = False) -> None:
    """Show a service's state, or its name in the state's colour with the reason as help."""
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


def state_badge(state: str, phase: RunPhase) -> None:
    """Show the state of a run."""
    color, icon = BADGES[phase]
    st.badge(escape(state), icon=icon, color=color)


def state_words(state: str, phase: RunPhase) -> Markdown:
    """Write the state of a run as a badge within other words."""
    color, icon = BADGES[phase]
    return Markdown(f":{color}-badge[{icon} {escape(state)}]")
