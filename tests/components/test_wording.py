"""Numbers and moments are put into words: countdowns, services, the dial, runs, the log."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.components.page.durations import countdown
from app.components.run import earlier_run
from app.components.schedule.runs import table_of
from app.components.schedule.schedules import next_times
from app.components.services import cards, log
from app.components.step import fault_dial
from app.engine.stack.control import Runtime
from tests.components.facts import NOW, RUN, at, run_in, tracked
from tests.shown import as_read
from workshop.facts import RunPhase, Schedule

SCHEDULE = Schedule(
    "s1", "every 120 s", True, (at(30), at(150), at(270), at(390)), "flow/nightly", orchestrator="prefect"
)
RUNTIME = Runtime("mlflow", "RUNNING", at(-90), 0, 0, ("mlflow",))
DIAL = {"fault": "server_error", "fail_first": 2, "rate": 0.0, "seed": 1}
LINES = ["GET /runs 200", "get /models 404", "POST /runs 500"]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(-1, "now"), (0, "0 s"), (99, "99 s"), (120, "2 min"), (5999, "100 min"), (7200, "2 h"), (172800, "48 h")],
)
def test_a_countdown_uses_the_unit_that_fits(seconds, told):
    assert countdown(timedelta(seconds=seconds)) == told


def test_the_next_three_runs_of_a_schedule_are_counted_down():
    told = next_times(SCHEDULE, NOW)
    assert told.startswith(":material/alarm: Next: **30 s**")
    assert ["**2 min**" in told, "**4 min**" in told, "**6 min**" in told] == [True, True, False]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"is_active": False}, "Paused: no run starts by itself."),
        ({"next_at": ()}, "Prefect has not planned the next runs yet."),
    ],
)
def test_a_schedule_without_next_runs_says_why(changes, told):
    assert told in next_times(replace(SCHEDULE, **changes), NOW)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "running for 2 min"),
        ({"started": None, "state": "FATAL"}, "fatal"),
        ({"restarts": 3}, "running for 2 min · restarted 3 ×"),
        ({"memory": 123_400_000, "started": at(-5)}, "running for 5 s · 123 MB"),
        ({"started": at(-7200)}, "running for 2 h"),
        ({"started": at(-200_000)}, "running for 2 d"),
    ],
)
def test_a_service_says_in_one_line_what_it_does(changes, told):
    assert cards.facts(replace(RUNTIME, **changes), NOW) == told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "the first 2 calls of each run: :red[status 500]"),
        ({"rate": 0.25}, "the first 2 calls of each run: :red[status 500]; after that 25% of them"),
        ({"fail_first": 0}, "every call is answered"),
        ({"fault": "slow_answer"}, "the first 2 calls of each run: :red[slow answer]"),
        ({"fault": "a_new_one"}, "the first 2 calls of each run: a_new_one"),
    ],
)
def test_a_dial_says_what_it_does(changes, told):
    assert as_read(fault_dial.in_words(DIAL | changes)) == told


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        ({"seed": 2, "trees": 10}, "calm-owl: seed 2, 5.0 s"),
        ({"seed": 1, "trees": 10}, "calm-owl: the same parameters, 5.0 s"),
        ({}, "calm-owl: the same parameters, 5.0 s"),
    ],
)
def test_another_run_goes_by_what_was_different(theirs, told):
    assert earlier_run.label_of(run_in(parameters=theirs), replace(RUN, parameters={"seed": 1, "trees": 10})) == told


@pytest.mark.parametrize(
    ("search", "lines"),
    [("", LINES), ("GET", LINES[:2]), ("runs 500", LINES[2:]), ("  500   runs ", LINES[2:]), ("x", [])],
)
def test_the_log_keeps_the_lines_that_have_every_word(search, lines):
    assert log.matching(LINES, search) == lines


@pytest.mark.usefixtures("services_down")
def test_a_scheduled_run_is_a_line_with_the_mlflow_run_that_it_made():
    runs = [run_in(), run_in(RunPhase.RUNNING, id="r2", name="shy-fox")]
    done, running = table_of(runs, {"r1": tracked(1, roc_auc=0.8)}).splitlines()[2:]
    assert "[calm-owl](https://prefect.example/runs/flow-run/r1)" in done
    assert done.endswith("| 5.0 s | [forest-1](https://mlflow.example/#/experiments/1/runs/m1) | **0.800** |")
    assert running.endswith(":blue-badge[:material/progress_activity: Running] |  |  |  |")
