"""The run button: on when a run can start, else off with the reason; a bad value names its field."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.components import run_button, session
from app.components.run_button import Button
from app.engine.steps import discover
from tests.engine.content import write_step
from tests.engine.http_service import http_service
from tests.engine.triggers import FLOW
from tests.shown import panel, shown, words

POOL = (200, {"is_paused": False})


@pytest.fixture
def prefect(tmp_path):
    """A Prefect that answers as a test tells it to; the panel's workspace has one step."""
    write_step(tmp_path)
    with http_service() as service, panel(tmp_path / "data", tmp_path, prefect=service.url):
        yield service


@pytest.fixture
def step(tmp_path, prefect):  # noqa: ARG001
    return discover(tmp_path)[0]


def worker(seconds_ago: float) -> dict[str, str]:
    return {"last_heartbeat_time": (datetime.now(UTC) - timedelta(seconds=seconds_ago)).isoformat()}


def drawn(step, **parameters):
    """A page with the button, as a step's page has it: it knows the run in the address."""

    def draw():
        run_button.show(Button(step, step.actions[0], FLOW, parameters, session.shown_run()))

    page = shown(draw)
    assert not page.exception
    return page


def test_with_a_worker_and_good_values_the_button_is_on(prefect, step):
    prefect.answers = [POOL, (200, [worker(1)])]
    page = drawn(step, trees=20)
    assert (page.button[0].label, page.button[0].disabled) == ("Run the flow", False)
    assert words(page) == "Run the flow"


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([POOL, (200, [])], "No worker has polled the work pool workshop yet."),
        ([(200, {"is_paused": True}), (200, [])], "The work pool workshop is paused: a run would wait."),
        ([(404, {})], "Prefect has no work pool workshop."),
        ([(500, {"detail": "broken"})], "Prefect refused: broken (status 500)"),
    ],
)
def test_without_a_worker_the_button_is_off_and_says_why(prefect, step, answers, reason):
    prefect.answers = answers
    page = drawn(step)
    assert page.button[0].disabled
    assert reason in page.caption[0].value


def test_a_worker_that_fell_silent_is_no_worker(prefect, step):
    prefect.answers = [POOL, (200, [worker(100), worker(200)])]
    page = drawn(step)
    assert page.button[0].disabled
    assert re.search(r"No worker has polled for 10\d s: a run would wait.", page.caption[0].value)


@pytest.mark.parametrize(
    ("parameters", "reasons"),
    [
        ({"trees": 5}, ["trees: 5 is too small; the least is 10."]),
        ({"share": 0.0, "trees": 999}, ["share: 0.0 is too small", "trees: 999 is too large; the most is 500."]),
        ({"note": [1]}, ["note: [1] is not of type string."]),
    ],
)
def test_a_bad_value_keeps_the_button_off_and_names_its_field(prefect, step, parameters, reasons):
    prefect.answers = [POOL, (200, [worker(1)])]
    page = drawn(step, **parameters)
    assert page.button[0].disabled
    said = sorted(caption.value for caption in page.caption)
    assert all(reason in caption for caption, reason in zip(said, reasons, strict=True))


def test_a_click_starts_one_run_and_puts_it_into_the_address(prefect, step):
    prefect.answers = [POOL, (200, [worker(1)]), (200, {"id": "r9"}), (404, {})]
    page = drawn(step, trees=20)
    page.button[0].click().run()
    sent = [(path, body["parameters"]) for _, path, body in prefect.asked if "create_flow_run" in path]
    assert sent == [("/api/deployments/d-1/create_flow_run", {"trees": 20})]
    assert not page.exception
    assert page.query_params["run"] == "r9"
    assert (page.button[0].disabled, page.caption[0].value) == (True, ":material/info: Prefect has no flow run r9.")


def test_a_click_that_is_refused_says_why_and_shows_no_run(prefect, step):
    prefect.answers = [POOL, (200, [worker(1)]), (409, {"detail": "the pool is gone"}), POOL, (200, [worker(1)])]
    page = drawn(step)
    page.button[0].click().run()
    assert page.error[0].value == "Prefect refused: the pool is gone (status 409)"
    assert "run" not in page.query_params
