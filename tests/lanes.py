"""Which tests need real services, and which of those share one stack: a lane is what one process runs, one by one.

Lanes run side by side and have nothing in common. Where a test belongs follows from its fixtures.
"""

import pytest

LANE_OF_FIXTURE = {
    "engine": "compose",
    "own": "start",
    "mid_run": "faults",
    "prefect_api": "servers",
    "mlflow_server": "servers",
}
"""What each of these starts belongs to the tests that ask for it."""
STACK = "stack"
"""The fixture of the whole local stack: the browser has one of its own, which nobody else stops or restarts."""
PATIENCE_SECONDS = {"compose": 1800}
"""For a test together with what it has to start first: Compose builds images, and may have to download for them."""
LONGEST_SECONDS = 600
LANES = ("compose", "browser", "stack", "servers", "start", "faults")
"""In the order in which they begin: the longest first."""


def lane_of(item: pytest.Item) -> str:
    """Name the lane of a test; empty, where it needs no service."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if "engine" in fixtures:
        return "compose"
    if "playwright" in fixtures:
        return "browser"
    if STACK in fixtures:
        return "stack"
    if marker := item.get_closest_marker("service"):
        return str(marker.args[0]) if marker.args else "servers"
    return next((lane for name, lane in LANE_OF_FIXTURE.items() if name in fixtures), "")


def send_to_lanes(items: list[pytest.Item]) -> None:
    """Mark what needs a service, give it time, and name its lane for pytest-xdist."""
    for item in items:
        if lane := lane_of(item):
            item.add_marker("service")
            item.add_marker(pytest.mark.xdist_group(lane))
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(PATIENCE_SECONDS.get(lane, LONGEST_SECONDS)))


def order_of(item: pytest.Item) -> int:
    """Say when the lane of a test begins."""
    lane = lane_of(item)
    return LANES.index(lane) if lane else len(LANES)
