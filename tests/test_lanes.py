"""Tests go to the lane of their folder, or of their file where that has one of its own."""

import pytest

from tests.lanes import LANES, SERVICE_SECONDS, lane_of


@pytest.mark.parametrize(
    ("nodeid", "lane"),
    [
        ("tests/stack/compose/test_compose.py::test_x[a/b]", "compose"),
        ("tests/e2e/test_steps.py::test_x", "browser"),
        ("tests/stack/test_start.py::test_x", "start"),
        ("tests/stack/test_faults.py::test_x", "faults"),
        ("tests/stack/test_clicks.py::test_x", "stack"),
        ("tests/workshop/test_part2.py::test_x", "servers"),
    ],
)
def test_a_test_goes_to_the_lane_of_its_place(nodeid, lane):
    assert lane_of(nodeid) == lane
    assert lane in LANES


@pytest.fixture
def mlflow_server():
    """Stand in for the fixture that starts one: only its name matters here."""


@pytest.mark.usefixtures("mlflow_server")
def test_who_asks_for_a_service_is_marked_and_has_more_time(request):
    assert request.node.get_closest_marker("service")
    assert request.node.get_closest_marker("timeout").args == (SERVICE_SECONDS,)


def test_who_asks_for_none_is_not_marked(request):
    assert request.node.get_closest_marker("service") is None
