"""What Prefect's API answers, read as facts: attempts above all, and answers with nothing in them."""

from datetime import UTC, datetime

import pytest

from app.engine.orchestrators.prefect.facts import (
    attempts_from,
    log_line_from,
    run_from,
    schedule_words,
    task_run_from,
    time_from,
)
from workshop.facts import RunPhase

RUN = {
    "id": "r1",
    "name": "calm-owl",
    "state": {"type": "COMPLETED", "name": "Completed", "message": "All states completed."},
    "created": "2026-01-01T12:00:00Z",
    "start_time": "2026-01-01T12:00:05.500000Z",
    "end_time": "2026-01-01T12:00:09Z",
    "parameters": {"dataset": "sample"},
    "tags": ["workshop/learner:me", "plain", "workshop/step:part1"],
}
TASK = {
    "id": "t1",
    "name": "load-0",
    "state": {"type": "COMPLETED", "name": "Cached"},
    "start_time": "2026-01-01T12:00:06Z",
    "end_time": "2026-01-01T12:00:08Z",
    "task_inputs": {},
}


def at(second: int) -> datetime:
    return datetime(2026, 1, 1, 12, 0, second, tzinfo=UTC)


def state(second: int, type_: str, name: str) -> dict[str, str]:
    return {"timestamp": f"2026-01-01T12:00:{second:02}Z", "type": type_, "name": name}


RETRIED = [
    state(0, "PENDING", "Pending"),
    state(1, "RUNNING", "Running"),
    state(2, "SCHEDULED", "AwaitingRetry"),
    state(4, "RUNNING", "Retrying"),
    state(5, "SCHEDULED", "AwaitingRetry"),
    state(7, "RUNNING", "Retrying"),
    state(8, "COMPLETED", "Completed"),
]


@pytest.mark.parametrize(("due", "second"), [(None, 0), ("2026-01-01T12:00:00Z", 0), ("2026-01-01T12:00:05Z", 5)])
def test_a_run_waits_from_when_it_is_due_and_not_from_when_its_schedule_planned_it(due, second):
    assert run_from(RUN | {"expected_start_time": due}, "flow/nightly").due == at(second)


def test_a_flow_run_is_read_with_its_labels_and_times_in_utc():
    run = run_from(RUN, "first-flow/part1")
    assert (run.orchestrator, run.id, run.name, run.target) == ("prefect", "r1", "calm-owl", "first-flow/part1")
    assert (run.state, run.phase, run.message) == ("Completed", RunPhase.SUCCEEDED, "All states completed.")
    assert run.tags == {"workshop/learner": "me", "plain": "", "workshop/step": "part1"}
    assert (run.due, run.ended) == (at(0), at(9))
    assert run.started is not None
    assert run.started.utcoffset().total_seconds() == 0


def test_a_flow_run_that_has_no_state_yet_is_unknown():
    run = run_from(RUN | {"state": None, "start_time": None, "end_time": None}, "")
    assert (run.state, run.phase, run.message) == ("", RunPhase.UNKNOWN, "")
    assert (run.started, run.ended) == (None, None)
    assert run_from(RUN | {"state": RUN["state"] | {"message": None}}, "").message == ""


def test_a_task_run_tried_once_has_one_attempt_with_its_own_state():
    task = task_run_from(TASK, [])
    assert (task.state, task.phase) == ("Cached", RunPhase.SUCCEEDED)
    (attempt,) = task.attempts
    assert (attempt.number, attempt.state, attempt.started, attempt.ended) == (1, "Cached", at(6), at(8))


def test_a_task_run_that_waits_has_no_attempt():
    waiting = TASK | {"state": {"type": "PENDING", "name": "Pending"}, "start_time": None, "end_time": None}
    task = task_run_from(waiting, [])
    assert (task.phase, task.attempts, task.started) == (RunPhase.WAITING, (), None)


def test_each_retry_is_an_attempt_and_those_before_it_failed():
    attempts = task_run_from(TASK, RETRIED).attempts
    assert [attempt.number for attempt in attempts] == [1, 2, 3]
    assert [attempt.state for attempt in attempts] == ["AwaitingRetry", "AwaitingRetry", "Completed"]
    assert [attempt.phase for attempt in attempts] == [RunPhase.FAILED, RunPhase.FAILED, RunPhase.SUCCEEDED]
    assert [(attempt.started, attempt.ended) for attempt in attempts] == [
        (at(1), at(2)),
        (at(4), at(5)),
        (at(7), at(8)),
    ]


def test_states_may_come_in_any_order():
    assert attempts_from(RETRIED[::-1]) == attempts_from(RETRIED)
    assert attempts_from([]) == ()


@pytest.mark.parametrize(
    ("states", "phases"),
    [
        (RETRIED[:2], [RunPhase.RUNNING]),
        (RETRIED[:3], [RunPhase.FAILED]),
        (RETRIED[:4], [RunPhase.FAILED, RunPhase.RUNNING]),
        ([*RETRIED[:4], state(5, "FAILED", "Failed")], [RunPhase.FAILED, RunPhase.FAILED]),
        ([*RETRIED[:4], state(5, "CANCELLING", "Cancelling")], [RunPhase.FAILED, RunPhase.RUNNING]),
        ([*RETRIED[:4], state(5, "CRASHED", "Crashed")], [RunPhase.FAILED, RunPhase.FAILED]),
        (
            [*RETRIED[:2], state(2, "CANCELLING", "Cancelling"), state(3, "CANCELLED", "Cancelled")],
            [RunPhase.CANCELLED],
        ),
        (RETRIED[:1], []),
    ],
)
def test_attempts_can_be_read_at_any_moment(states, phases):
    attempts = attempts_from(states)
    assert [attempt.phase for attempt in attempts] == phases
    assert all(attempt.ended for attempt in attempts if attempt.phase.is_final)


def test_a_retry_without_delay_is_an_attempt_too():
    states = [state(1, "RUNNING", "Running"), state(2, "RUNNING", "Retrying"), state(3, "COMPLETED", "Completed")]
    first, second = attempts_from(states)
    assert (first.phase, first.ended, second.phase) == (RunPhase.FAILED, at(2), RunPhase.SUCCEEDED)


def test_upstream_are_the_task_runs_whose_results_were_inputs_once_each():
    given = [{"input_type": "task_run", "id": "t0"}, {"input_type": "parameter", "name": "rows"}]
    inputs = {"a": given, "b": [{"input_type": "task_run", "id": "t0"}, {"input_type": "task_run", "id": "t9"}]}
    assert task_run_from(TASK | {"task_inputs": inputs}, []).upstream == ("t0", "t9")


@pytest.mark.parametrize(("number", "word"), [(10, "debug"), (20, "info"), (40, "error"), (25, "25")])
def test_a_log_line_names_its_level_and_its_task(number, word):
    line = {"timestamp": "2026-01-01T12:00:01Z", "level": number, "message": "hi", "task_run_id": "t1"}
    read = log_line_from(line, {"t1": "load-0"})
    assert (read.at, read.level, read.source, read.message) == (at(1), word, "load-0", "hi")


def test_a_log_line_of_the_flow_itself_has_no_source():
    line = {"timestamp": "2026-01-01T12:00:01Z", "level": 20, "message": "hi", "task_run_id": None}
    assert log_line_from(line, {"t1": "load-0"}).source == ""
    assert log_line_from(line | {"task_run_id": "too new"}, {}).source == ""


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ({"cron": "0 6 * * *", "timezone": "UTC"}, "0 6 * * *"),
        ({"interval": 120.0, "anchor_date": "x"}, "every 120 s"),
        ({"interval": 0.5}, "every 0.5 s"),
        ({"rrule": "FREQ=DAILY"}, "FREQ=DAILY"),
        ({}, ""),
    ],
)
def test_a_schedule_is_written_in_short(schedule, words):
    assert schedule_words(schedule) == words


def test_no_time_stays_no_time():
    assert time_from(None) is None
    assert time_from("2026-01-01T12:00:00+00:00") == at(0)
