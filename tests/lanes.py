"""Which tests need real services, and which of those share them: a lane is what one process runs, test after test.

Lanes run side by side and have nothing in common: each starts a stack, or whatever else it needs, of its own.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

LANES = {
    "compose": "tests/stack/compose/",
    "browser": "tests/e2e/",
    "stack": "tests/stack/",
    "servers": "tests/",
    "start": "tests/stack/test_start.py",
    "faults": "tests/stack/test_faults.py",
}
"""Each lane and where its tests are, in the order in which they begin: the longest first.

The process of the first lane that is done takes the next: what follows a browser must bear its event loop, which
runs on there. Neither Prefect nor Dagster do within the tests' own process, as the servers' tests use them.
"""
STARTED_BY = {"engine", "stack", "own", "mid_run", "prefect_api", "mlflow_server", "playwright"}
"""The fixtures that start services, or a browser."""
COMPOSE_SECONDS, SERVICE_SECONDS = 1800, 600
"""For a test together with what it has to start first; Compose builds images, and may have to download for them."""


class Lanes(LoadScopeScheduling):
    """Let each process of pytest-xdist run whole lanes."""

    def _split_scope(self, nodeid: str) -> str:
        return lane_of(nodeid)


def lane_of(nodeid: str) -> str:
    """Name the lane of a test: that of the longest beginning of its path."""
    return max((place, lane) for lane, place in LANES.items() if nodeid.startswith(place))[1]


def order_of(item: pytest.Item) -> int:
    """Say when the lane of a test begins."""
    return list(LANES).index(lane_of(item.nodeid))


def mark_services(items: list[pytest.Item]) -> None:
    """Mark what starts or asks a service, and give it time."""
    for item in items:
        if STARTED_BY & {*getattr(item, "fixturenames", ())}:
            item.add_marker("service")
        if item.get_closest_marker("service"):
            # servers of Prefect and Dagster within this process warn of their own code, at moments of their own
            item.add_marker(pytest.mark.filterwarnings("default"))
        if item.get_closest_marker("service") and not item.get_closest_marker("timeout"):
            seconds = COMPOSE_SECONDS if lane_of(item.nodeid) == "compose" else SERVICE_SECONDS
            item.add_marker(pytest.mark.timeout(seconds))
