"""A learner's schedules: changed to what the fields say, and the worker's heartbeat, without which none starts."""

from datetime import timedelta

import pytest

from app.components.schedule import schedules
from app.components.schedule.schedules import sign_of_life
from tests.components.facts import at
from tests.engine.http_service import http_service
from tests.shown import panel, shown
from workshop.facts import Schedule


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (at(-3), "The last heartbeat of the worker: 3 s ago."),
        (at(0) - timedelta(minutes=5), "The last heartbeat of the worker: 5 min ago."),
        (None, "No worker has given a sign of life yet."),
    ],
)
def test_the_workers_heartbeat_is_said(last, told):
    assert sign_of_life(last, at(0)).endswith(told)


@pytest.mark.parametrize(
    ("kind", "rule"),
    [("Cron", {"cron": "*/5 * * * *", "timezone": "UTC"}), ("Every … minutes", {"interval": 300.0})],
)
def test_what_was_typed_just_before_the_click_is_what_the_schedule_gets(tmp_path, kind, rule):
    with http_service() as prefect, panel(tmp_path, prefect=prefect.url):
        prefect.answers = [(200, {"id": "d-1", "paused": False})]
        page = shown(
            schedules._buttons, Schedule("s1", "every 120 s", True, target="retrain/scheduled", orchestrator="prefect")
        )
        page.segmented_control(key="kind:s1").set_value(kind).run()
        if kind == "Cron":
            page.text_input(key="cron:s1").set_value("*/5 * * * *")
        else:
            page.number_input(key="minutes:s1").set_value(5)
        page.button(key="apply:s1").click().run()  # both at once, as a browser sends them
        assert not page.exception
        sent = [(path, body) for method, path, body in prefect.asked if method == "PATCH"]
    assert sent == [("/api/deployments/d-1/schedules/s1", {"schedule": rule})]
