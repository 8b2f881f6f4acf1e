"""A run as it was last known while Prefect is down: each phase with its badge, its time and what can be done."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from app.components.page.badges import BADGES
from app.components.page.memory import memory
from app.components.run import status as run_status
from app.components.run.status import elapsed_words
from app.engine.orchestrators.contract import LogLine, RunSnapshot
from app.engine.orchestrators.registry import TOOLS
from tests.components.facts import STATES, at, attempt, run_in, snapshot, task
from tests.polling import wait_until
from tests.shown import as_read, charts, page_of, shown, words
from workshop.facts import RunPhase

pytestmark = pytest.mark.usefixtures("services_down")
LOAD = task("load", attempt(1, 1, 3))
LINE = LogLine(at(2), "info", "load", "250 customers")


def page_that_knew(draw, now: RunSnapshot) -> AppTest:
    page = page_of(draw, "prefect", now.run.id)
    memory().remember(("snapshot", now.run.id), now)
    return page.run()


@pytest.mark.parametrize("phase", RunPhase)
def test_each_phase_has_its_badge_and_only_a_run_that_goes_on_can_be_cancelled(phase):
    page = page_that_knew(run_status.show_head, snapshot(run=run_in(phase)))
    color, icon = BADGES[phase]
    assert not page.exception
    assert f":{color}-badge[{icon} {STATES[phase]}]" in words(page)
    assert [button.label for button in page.button] == ([] if phase.is_final else ["Cancel"])


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_a_run_that_is_being_cancelled_is_not_cancelled_again(tool):
    run = replace(run_in(RunPhase.RUNNING), orchestrator=tool.name, state=tool.being_cancelled)
    page = page_that_knew(run_status.show_head, snapshot(run=run))
    assert [(button.label, button.disabled) for button in page.button] == [("Cancelling …", True)]


@pytest.mark.parametrize("draw", [run_status.show_head, run_status.show])
def test_what_was_known_stays_and_the_page_says_that_prefect_is_down(draw):
    page = page_that_knew(draw, snapshot(LOAD, logs=(LINE,)))
    assert not page.exception
    assert "Prefect does not answer" in page.warning[0].value
    assert len(words(page).splitlines()) > 1


def test_tasks_and_log_stay_while_prefect_is_down():
    page = page_that_knew(run_status.show, snapshot(LOAD, logs=(LINE,)))
    assert charts(page)[0]["layout"]["yaxis"]["ticktext"] == ["load"]
    assert "250 customers" in page.code[0].value
    assert sum("Prefect does not answer" in warning.value for warning in page.warning) == 1


def test_the_parameters_of_the_run_are_said_those_in_groups_by_their_path():
    run = run_in(RunPhase.SUCCEEDED, parameters={"dataset": "cdnow", "options": {"depth": 6, "empty": {}}, "none": {}})
    page = page_that_knew(run_status.show, snapshot(LOAD, run=run))
    assert ":material/tune: dataset **cdnow**, options.depth **6**" in [each.value for each in page.caption]


def test_a_cached_result_does_not_take_the_log_away():
    cached = task("load", attempt(1, 1, 1.4, state="Cached"), state="Cached")
    page = page_that_knew(run_status.show, snapshot(cached, logs=(LINE,)))
    assert "**load** was taken from the cache." in words(page)
    assert "250 customers" in page.code[0].value


@pytest.mark.parametrize(("phase", "told"), [(RunPhase.FAILED, ["No rows."]), (RunPhase.SUCCEEDED, [])])
def test_why_a_run_failed_is_told(phase, told):
    page = page_that_knew(run_status.show, snapshot(LOAD, run=run_in(phase, message="No rows.")))
    assert [error.value for error in page.error] == told


def test_the_process_of_a_cancelled_run_is_said_to_have_ended():
    page = page_that_knew(run_status.show, snapshot(LOAD, run=run_in(RunPhase.CANCELLED, message="By hand.")))
    assert [info.value for info in page.info] == ["Cancelled, and its process has ended. By hand."]


@pytest.mark.parametrize("draw", [run_status.show_head, run_status.show])
def test_a_run_that_was_never_read_is_a_sentence(draw):
    page = shown(draw, "prefect", "r1")
    assert not page.exception
    assert [warning.value.partition(" at ")[0] for warning in page.warning] == ["Prefect does not answer"]


def test_a_run_that_cannot_be_cancelled_says_why():
    page = page_that_knew(run_status.show_head, snapshot(run=run_in(RunPhase.RUNNING)))
    page.button[0].click().run()
    assert not page.exception
    wait_until(lambda: len(page.run().warning) == 2, 10, "the page says what went wrong")
    assert page.warning[-1].value.startswith("Prefect does not answer")
    assert [(button.label, button.disabled) for button in page.button] == [("Cancel", False)]


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (run_in(RunPhase.WAITING), "waiting for 10 s"),
        (run_in(RunPhase.RUNNING), "9.0 s, after 1.0 s of waiting"),
        (run_in(RunPhase.SUCCEEDED), "5.0 s, after 1.0 s of waiting"),
        (run_in(RunPhase.SUCCEEDED, due=at(2)), "5.0 s, after 0.0 s of waiting"),
    ],
)
def test_the_time_tells_waiting_from_running(run, told):
    assert elapsed_words(run, at(10)) == told


def test_why_a_run_failed_is_told_letter_by_letter_and_line_by_line():
    message = "__init__() got `x`\n# ![x](http://evil.example)\n:red[see] www.evil.example"
    page = page_that_knew(run_status.show, snapshot(LOAD, run=run_in(RunPhase.FAILED, message=message)))
    assert as_read(page.error[0].value) == message.replace("\n", "  \n")
    assert "![" not in page.error[0].value
