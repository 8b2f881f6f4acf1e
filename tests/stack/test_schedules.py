"""Pause, resume and change a schedule, and late runs, on a real Prefect server; and the fault dial on its service."""

from datetime import UTC, datetime, timedelta

import pytest

from app.engine.errors import InvalidParameters
from app.engine.orchestrators.contract import ApiRequest, Cron, Every
from app.engine.orchestrators.parameters import defaults
from app.engine.orchestrators.prefect.schedules import PrefectScheduler
from app.engine.orchestrators.schedule_times import read_cron
from app.engine.unreliable_api import FaultDial
from tests.polling import wait_until
from tests.stack.conftest import PART5, click_on, delete, unique

PLANNED_SECONDS = 30
LATE_SECONDS = 60


@pytest.fixture
def control(stack):
    return PrefectScheduler(stack.internal_url("prefect"), stack.public_url("prefect"), stack.work_pool)


@pytest.fixture
def schedule(prefect, prefect_api):
    """A schedule of a deployment that starts nothing for a day."""
    deployment = prefect.target(PART5)
    anchor = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    body = [{"schedule": {"interval": 86_400, "anchor_date": anchor, "timezone": "UTC"}, "active": True}]
    path = f"/api/deployments/{deployment.id}/schedules"
    made = prefect_api.send(ApiRequest("POST", "", "", path, body))
    yield lambda: next(each for each in prefect.scheduler.schedules({}) if each.id == made[0]["id"])
    delete(prefect_api, f"{path}/{made[0]['id']}")


def test_a_schedule_is_paused_resumed_and_changed(control, schedule):
    wait_until(lambda: schedule().next_at, PLANNED_SECONDS, "the next run is planned")
    assert (schedule().target, schedule().learner, schedule().is_active) == (PART5, "", True)
    control.set_active(schedule(), False)
    assert (schedule().is_active, schedule().next_at) == (False, ())
    control.set_active(schedule(), True)
    wait_until(lambda: schedule().next_at, PLANNED_SECONDS, "the next run is planned again")
    control.change(schedule(), Every(600))
    assert schedule().words == "every 36000 s"
    control.change(schedule(), read_cron("0 6 1 1 *"))
    assert (schedule().words, schedule().is_active) == ("0 6 1 1 *", True)


def test_prefect_says_why_it_refuses_a_schedule(control, schedule):
    with pytest.raises(InvalidParameters, match="Prefect refused"):
        control.change(schedule(), Cron("61 * * * *"))
    assert schedule().words == "every 86400 s"


def test_a_run_that_nobody_takes_is_late(prefect, control, idle_target, learner):
    before = control.lateness(idle_target.name).runs
    prefect.trigger(click_on(idle_target, learner, defaults(idle_target.schema)))
    wait_until(lambda: control.lateness(idle_target.name).runs == before + 1, LATE_SECONDS, "the run is late")
    assert control.lateness(PART5).runs == 0


def test_each_learner_turns_a_dial_of_their_own(stack):
    dial, (ann, ben) = FaultDial(stack.internal_url("unreliable_api"), "http://public"), (unique("a"), unique("b"))
    schema, at_first = dial.schema(), dial.read(ann)
    assert (at_first["fault"], at_first["fail_first"]) == ("server_error", 2)
    request = dial.build_request(ann, schema, at_first | {"fail_first": 5, "fault": "slow_answer"})
    assert request.public_url == f"http://public/{ann}/dial"
    dial.turn(request)
    assert (dial.read(ann)["fail_first"], dial.read(ben)) == (5, at_first)
    with pytest.raises(InvalidParameters, match="fail_first: 21 is too large; the most is 20"):
        dial.build_request(ann, schema, at_first | {"fail_first": 21})
    assert dial.calls(ann, "no-run") == []
