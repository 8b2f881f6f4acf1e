"""The run button: on when a run can start, else off with the reason; a bad value names its field."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import streamlit as st

from app.components.page import session
from app.components.run import button as run_button
from app.components.run import status as run_status
from app.components.run.button import Button
from app.engine.curriculum.steps import discover
from tests.engine.content import write_step
from tests.engine.http_service import http_service
from tests.engine.triggers import FLOW
from tests.shown import as_read, panel, shown, words

RUN_ID = "00000009-0000-4000-8000-000000000000"
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
    said = sorted(as_read(caption.value) for caption in page.caption)
    assert all(reason in caption for caption, reason in zip(said, reasons, strict=True))


def test_a_click_starts_one_run_and_puts_it_into_the_address(prefect, step):
    prefect.answers = [POOL, (200, [worker(1)]), (200, {"id": RUN_ID}), flow_run("RUNNING"), NOTHING, NOTHING]
    page = drawn(step, trees=20)
    page.button[0].click().run()
    sent = [(path, body["parameters"]) for _, path, body in prefect.asked if "create_flow_run" in path]
    assert sent == [("/api/deployments/d-1/create_flow_run", {"trees": 20})]
    assert not page.exception
    assert page.query_params["run"] == RUN_ID
    assert page.button[0].disabled
    assert "This run is still going" in page.caption[0].value


def test_what_was_typed_just_before_the_click_is_what_runs(prefect, step):
    def draw():
        trees = st.number_input("trees", 10, 500, 20)
        run_button.show(Button(step, step.actions[0], FLOW, {"trees": trees}, session.shown_run()))

    prefect.answers = [POOL, (200, [worker(1)]), (200, {"id": RUN_ID}), flow_run("RUNNING"), NOTHING, NOTHING]
    page = shown(draw)
    page.number_input[0].set_value(50)
    page.button[0].click().run()  # both at once: the browser sends what it has when the button is pressed
    assert not page.exception
    assert [body["parameters"] for _, path, body in prefect.asked if "create_flow_run" in path] == [{"trees": 50}]


def test_a_run_that_was_deleted_does_not_keep_the_button_off(prefect, step):
    prefect.answers = [(404, {}), POOL, (200, [worker(1)])]
    assert not drawn_with(step, RUN_ID, trees=20).button[0].disabled


def test_a_run_that_somebody_retried_is_followed_again(prefect, step):
    def draw():
        st.session_state.setdefault("settled_runs", {RUN_ID: (0, ())})
        run_button.show(Button(step, step.actions[0], FLOW, {"trees": 20}, RUN_ID))

    prefect.answers = [flow_run("RUNNING"), NOTHING, NOTHING]
    page = shown(draw)
    assert not page.exception
    assert page.session_state["settled_runs"] == {}
    assert page.button[0].disabled


def test_log_lines_that_come_long_after_the_end_are_news_once(prefect):
    def draw():
        st.session_state.setdefault("settled_runs", {RUN_ID: (0, ())})
        st.text(run_status.has_news("prefect", RUN_ID))

    line = {"id": "l-1", "timestamp": datetime.now(UTC).isoformat(), "level": 20, "message": "Done"}
    logs = 200, [line | {"task_run_id": None}]
    prefect.answers = [flow_run("COMPLETED"), NOTHING, logs] * 2
    page = shown(draw)
    assert (page.text[0].value, page.session_state["settled_runs"]) == ("True", {RUN_ID: (1, ())})
    assert page.run().text[0].value == "False"


def test_a_task_whose_end_comes_long_after_its_runs_is_news(prefect):
    def draw():
        st.session_state.setdefault("settled_runs", {RUN_ID: (0, (("Running", None),))})
        st.text(run_status.has_news("prefect", RUN_ID))

    ended = datetime.now(UTC)
    task = {"id": "t-1", "name": "load", "state": {"name": "Completed", "type": "COMPLETED"}, "task_inputs": {}}
    task |= {"run_count": 1, "state_type": "COMPLETED", "start_time": ended.isoformat(), "end_time": ended.isoformat()}
    prefect.answers = [flow_run("COMPLETED"), (200, [task]), NOTHING, NOTHING] * 2
    page = shown(draw)
    assert not page.exception
    assert page.text[0].value == "True"
    assert page.session_state["settled_runs"] == {RUN_ID: (0, (("Completed", ended),))}


def test_a_page_that_is_old_is_drawn_anew(prefect, step):
    trees = [20]

    def is_old():
        grew = trees == [20]
        trees[:] = [30]
        return grew

    def draw():
        run_button.show(Button(step, step.actions[0], FLOW, {"trees": trees[0]}, session.shown_run()), is_old)

    prefect.answers = [POOL, (200, [worker(1)]), (200, {"id": RUN_ID}), flow_run("RUNNING"), NOTHING, NOTHING]
    page = shown(draw)
    page.button[0].click().run()
    assert not page.exception
    assert [body["parameters"] for _, path, body in prefect.asked if "create_flow_run" in path] == [{"trees": 30}]


def flow_run(state_type):
    moment = datetime.now(UTC).isoformat()
    state = {"type": state_type, "name": state_type.title()}
    times = {"created": moment, "expected_start_time": moment, "start_time": None, "end_time": None}
    return 200, {"id": RUN_ID, "name": "calm-owl", "state": state, "deployment_id": None, "tags": []} | times | {
        "parameters": {"trees": 30}
    }


def drawn_with(step, run_id, draw=run_button.show, **parameters):
    page = shown(draw, Button(step, step.actions[0], FLOW, parameters, run_id))
    assert not page.exception
    return page


NOTHING = (200, [])
"""No task, no log line."""


def test_a_run_that_waits_says_what_for(prefect, step):
    prefect.answers = [flow_run("PENDING"), NOTHING, NOTHING, POOL, (200, [worker(100)])]
    page = drawn_with(step, RUN_ID)
    assert page.button[0].disabled
    waits, reason = (caption.value for caption in page.caption)
    assert "This run has not started yet" in waits
    assert re.search(r"No worker has polled for 10\d s", reason)


def test_a_run_that_waits_for_a_full_pool_says_so(prefect, step):
    pool, deployment = {"is_paused": False, "concurrency_limit": 6}, {"id": "d-1"}
    prefect.answers = [flow_run("SCHEDULED"), NOTHING, NOTHING, (200, pool), (200, [worker(1)])]
    prefect.answers += [(200, deployment), (200, pool), (200, 1), (200, 6), (200, 1)]
    page = drawn_with(step, RUN_ID)
    said = [caption.value for caption in page.caption]
    assert said[1:] == [":material/info: The work pool runs at most 6 at once: the others wait for their turn."]


def test_a_run_that_runs_is_waited_for(prefect, step):
    prefect.answers = [flow_run("RUNNING"), NOTHING, NOTHING]
    page = drawn_with(step, RUN_ID)
    assert page.button[0].disabled
    assert [caption.value for caption in page.caption] == [
        ":material/info: This run is still going: wait for its end, or cancel it."
    ]


@pytest.mark.parametrize(
    ("state", "ages", "is_off"), [("COMPLETED", [1], False), ("RUNNING", [1], True), ("COMPLETED", [], True)]
)
def test_a_run_is_repeated_with_its_own_parameters_when_a_worker_can_take_it(prefect, step, state, ages, is_off):
    prefect.answers = [flow_run(state), NOTHING, NOTHING, POOL, (200, [worker(age) for age in ages])]
    page = drawn_with(step, RUN_ID, run_button.show_again, trees=20)
    assert page.button[0].disabled is is_off
    if not is_off:
        page.button[0].click().run()
        clicked = page.session_state[f"clicked:{step.id}:{step.actions[0].entrypoint}"]
        assert clicked.parameters == {"trees": 30}


def test_a_click_that_failed_is_the_same_click_again(prefect, step):
    refused = (409, {"detail": "busy"})
    prefect.answers = [POOL, (200, [worker(1)]), refused, POOL, (200, [worker(1)]), refused, POOL, (200, [worker(1)])]
    page = drawn(step, trees=20)
    page.button[0].click().run()
    page.button[0].click().run()
    keys = [body["idempotency_key"] for _, path, body in prefect.asked if "create_flow_run" in path]
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_other_values_are_another_click():
    def draw():
        for values in ({"trees": 20, "share": 0.2}, {"share": 0.2, "trees": 20}, {"trees": 21, "share": 0.2}):
            st.text(session.click_token("button", values))

    same, again, other = (text.value for text in shown(draw).text)
    assert same == again
    assert other != same


def test_a_click_that_is_refused_says_why_and_shows_no_run(prefect, step):
    prefect.answers = [POOL, (200, [worker(1)]), (409, {"detail": "the pool is gone"}), POOL, (200, [worker(1)])]
    page = drawn(step)
    page.button[0].click().run()
    assert page.error[0].value == "Prefect refused: the pool is gone (status 409)"
    assert "run" not in page.query_params
