"""Starting twice, stopping, a port that is taken, and what the settings' documentation says."""

from app.engine.stack.health import check_services


def test_everything_is_healthy(stack):
    healths = check_services(stack)
    assert {health.service: health.message for health in healths if not health.is_healthy} == {}
