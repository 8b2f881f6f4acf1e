"""A service that takes its time is slow, one that nobody serves is down, and both are said in words."""

import pytest

from app.engine.stack import health
from app.engine.stack.services import SERVICES
from app.settings import Settings
from tests.engine.http_service import RESET, http_service

MLFLOW = SERVICES[0]
WAIT_SECONDS = 0.2


@pytest.mark.parametrize(
    ("answer", "state", "told"),
    [
        ((200, {"experiments": []}), "up", "Answers."),
        (2 * WAIT_SECONDS, "slow", "it or the machine is busy"),
        (RESET, "down", "MLflow: nothing answers at"),
        ((403, {}), "down", "refuses the host name"),
        ((500, {}), "down", "it answers 500"),
    ],
)
def test_a_service_is_up_slow_or_down(monkeypatch, tmp_path, answer, state, told):
    monkeypatch.setattr(health, "TIMEOUT_SECONDS", WAIT_SECONDS)
    with http_service() as service:
        service.answers = [answer]
        settings = Settings(_env_file=None, data_dir=tmp_path, mlflow_internal_url=service.url)
        (found,) = health.check_services(settings, [MLFLOW])
    assert (found.state, found.is_healthy) == (state, state == "up")
    assert told in found.message
