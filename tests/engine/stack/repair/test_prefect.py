"""What the worker asks Prefect, and what it makes of answers that a real server gives after a long time only."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.engine.orchestrators.transport import Transport
from app.engine.stack.repair.prefect import FlowRuns
from tests.engine.http_service import http_service


def ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


@pytest.mark.parametrize(("status", "asked"), [("ONLINE", 2), ("OFFLINE", 5)])
def test_a_worker_that_beats_every_30_seconds_is_not_silent(status, asked):
    state = {"timestamp": ago(60)}
    unnamed = {"id": "1", "name": "able-fox", "state_type": "PENDING", "labels": {}, "state": state}
    worker = {"name": "of-a-terminal", "status": status, "last_heartbeat_time": ago(25)}
    answers: list[Any] = [[unnamed], [worker], [], unnamed, {}]
    with http_service() as prefect:
        prefect.answers = [(200, answer) for answer in answers]
        list(FlowRuns(Transport("Prefect", prefect.url), "pool of/ours", "workshop-1").end_orphans())
    paths = [path for _, path, _ in prefect.asked]
    assert paths[1] == "/api/work_pools/pool%20of%2Fours/workers/filter"
    assert len(paths) == asked
    assert (paths[-1] == "/api/flow_runs/1/set_state") == (status == "OFFLINE")
