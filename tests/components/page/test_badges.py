"""A run's state is the orchestrator's own word, with the colour and icon of its phase."""

import pytest

from app.components.page.badges import health_badge, state_badge
from app.engine.stack.facts import ServiceHealth
from tests.components.facts import STATES
from tests.shown import shown, words
from workshop.facts import RunPhase


@pytest.mark.parametrize(
    ("phase", "color", "icon"),
    [
        (RunPhase.WAITING, "orange", "schedule"),
        (RunPhase.RUNNING, "blue", "progress_activity"),
        (RunPhase.SUCCEEDED, "green", "check_circle"),
        (RunPhase.FAILED, "red", "cancel"),
        (RunPhase.CANCELLED, "gray", "block"),
        (RunPhase.UNKNOWN, "violet", "help"),
    ],
)
def test_a_state_keeps_its_word_and_gets_the_look_of_its_phase(phase, color, icon):
    page = shown(state_badge, STATES[phase], phase)
    assert words(page) == f":{color}-badge[:material/{icon}: {STATES[phase]}]"


@pytest.mark.parametrize(
    ("state", "color", "icon"),
    [
        ("up", "green", "check_circle"),
        ("slow", "orange", "hourglass_top"),
        ("starting", "orange", "hourglass_top"),
        ("down", "red", "cloud_off"),
    ],
)
def test_a_service_is_up_slow_or_down(state, color, icon):
    service = ServiceHealth("mlflow", "MLflow", state, "What the probe said.")
    assert words(shown(health_badge, service)) == f":{color}-badge[:material/{icon}: {state}]"
    labelled = words(shown(health_badge, service, is_named=True))
    assert labelled.startswith(f":{color}-badge[:material/{icon}: MLflow]")
    assert ("What the probe said." in labelled) is (state != "up")


def test_a_service_of_which_nothing_is_known_is_neither_up_nor_down():
    service = ServiceHealth("worker", "Prefect worker", "unknown", "Prefect does not answer.")
    assert words(shown(health_badge, service)) == ":gray-badge[:material/help: not known]"
