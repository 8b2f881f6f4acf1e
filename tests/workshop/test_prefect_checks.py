"""Sentences of the checks of parts 2, 3 and 6 that a real run would take long to bring about."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workshop.evidence import NOW, RecordedEvidence, run_in, task
from workshop.checking import judge
from workshop.facts import Attempt, Run, RunPhase, Schedule, TaskRun
from workshop.naming import CODE_TAG
from workshop.prefect.part2_resilience import check as part2
from workshop.prefect.part3_efficiency import check as part3
from workshop.prefect.part6_automation import check as part6

DONE, FAILED = run_in(RunPhase.SUCCEEDED), run_in(RunPhase.FAILED)
BUG = replace(FAILED, id="bug", name="odd-ant", parameters={"currency": "XYZ"})


def tried(times: int, phase: RunPhase, retries: int = 3) -> TaskRun:
    attempts = tuple(Attempt(number, "Failed", RunPhase.FAILED, NOW, NOW) for number in range(1, times + 1))
    return replace(task("fetch_rate"), phase=phase, state=phase.title(), attempts=attempts, retries=retries)


def waited(asked_for: tuple[float, ...], *waits: float) -> RecordedEvidence:
    """A task run that was asked for some waits, and waited as long as these between its attempts."""
    starts = [NOW + timedelta(seconds=sum(waits[:number])) for number in range(len(waits) + 1)]
    attempts = tuple(Attempt(number, "Failed", RunPhase.FAILED, at, at) for number, at in enumerate(starts, 1))
    done = replace(tried(1, RunPhase.SUCCEEDED), attempts=attempts, retry_delays=asked_for)
    return RecordedEvidence([DONE], [done])


def ran(id: str, seconds: float) -> Run:
    return replace(DONE, id=id, name=id, state="Completed", started=NOW, ended=NOW + timedelta(seconds=seconds))


def chosen(state: str = "Completed", key: str = "k", expires: bool = True, seconds: float = 0) -> list[TaskRun]:
    until, ended = NOW + timedelta(minutes=10) if expires else None, NOW + timedelta(seconds=seconds)
    return [replace(task("choose_depth"), state=state, ended=ended, result_key=key, result_expires=until)]


def scheduled(state: str, phase: RunPhase) -> Run:
    return replace(DONE, id="s", name="shy-cat", schedule_id="1", state=state, phase=phase)


def bugs(bug: TaskRun, other: TaskRun | None = None, code: str = "new") -> RecordedEvidence:
    """A run with a currency that does not exist, and perhaps one before that with a good one, of the same code."""
    wrong = replace(BUG, tags={CODE_TAG: "new"})
    runs = [wrong, replace(FAILED, id="good", tags={CODE_TAG: code})] if other else [wrong]
    return RecordedEvidence(runs, tasks_by_run={"bug": [bug], "good": [other] if other else []})


def pair(first: list[TaskRun], second: list[TaskRun], seconds: float = 3) -> RecordedEvidence:
    """Two runs with the same parameters, the later one first."""
    return RecordedEvidence([ran("later", seconds), ran("sooner", 9)], tasks_by_run={"later": second, "sooner": first})


PLAN = Schedule("1", "every 120 s", True, (NOW, NOW + timedelta(minutes=2)), "retrain/scheduled")
SOON = RecordedEvidence([DONE], planned=[PLAN])
LATE = replace(SOON, runs=[scheduled("Late", RunPhase.WAITING), DONE])
REPLACED = replace(SOON, runs=[replace(scheduled("Completed", RunPhase.SUCCEEDED), schedule_id="0")] * 2)
BROKEN = replace(SOON, runs=[scheduled("Failed", RunPhase.FAILED), DONE])

SENTENCES = [
    (part2.survived_a_failure, RecordedEvidence([DONE], [task("fetch_rate")]), "turn the dial"),
    (part2.survived_a_failure, RecordedEvidence([FAILED], [tried(1, RunPhase.FAILED, 0)]), "had no retries"),
    (part2.survived_a_failure, RecordedEvidence([FAILED], [tried(1, RunPhase.FAILED)]), "gave up at once"),
    (part2.survived_a_failure, RecordedEvidence([FAILED], [tried(4, RunPhase.FAILED)]), "its retries ran out"),
    (part2.waited_longer_each_time, RecordedEvidence([DONE], [tried(2, RunPhase.SUCCEEDED)]), "tried three times"),
    (part2.waited_longer_each_time, waited((2,), 2.0, 2.7), "a list of growing numbers"),
    (part2.waited_longer_each_time, waited((1, 1, 1), 1.0, 1.4), "[1, 1, 1] does not grow"),
    (part2.waited_longer_each_time, waited((1, 2, 4), 2.6, 2.1), "too busy to keep to it"),
    (part2.spared_the_retries, bugs(tried(1, RunPhase.FAILED, 0)), "spared no retry, it had none"),
    (part2.spared_the_retries, bugs(tried(1, RunPhase.SUCCEEDED)), "do not hide the error"),
    (part2.spared_the_retries, bugs(tried(1, RunPhase.FAILED), tried(1, RunPhase.FAILED)), "gave up at once"),
    (part2.spared_the_retries, bugs(tried(1, RunPhase.FAILED)), "run with EUR"),
    (
        part2.spared_the_retries,
        bugs(tried(1, RunPhase.FAILED), tried(3, RunPhase.SUCCEEDED), "old"),
        "that the same code",
    ),
    (part3.took_a_stored_result, RecordedEvidence([ran("only", 9)], chosen()), "run again without a change"),
    (part3.took_a_stored_result, pair(chosen(key=""), chosen()), "first run that kept"),
    (part3.took_a_stored_result, pair(chosen(), chosen()), "had expired"),
    (part3.took_a_stored_result, pair(chosen(), chosen("Cached", expires=False)), "set cache_expiration"),
    (part3.saved_time, pair(chosen(seconds=0.1), chosen("Cached", seconds=0.2)), "something that takes longer"),
    (part3.saved_time, pair(chosen("Cached"), chosen("Cached")), "run twice with a new seed"),
    (part3.saved_time, pair(chosen(key="other"), chosen("Cached")), "run twice with a new seed"),
    (part6.ran_by_itself, LATE, "Is the Prefect worker running?"),
    (part6.ran_by_itself, BROKEN, "read the last lines of its log"),
    (part6.ran_by_itself, REPLACED, "0 of 2 runs so far"),
    (part6.deployed_with_a_schedule, replace(SOON, planned=[replace(PLAN, next_at=())]), "not planned the runs"),
    (
        part6.tracked_each_run,
        replace(SOON, runs=[scheduled("Completed", RunPhase.SUCCEEDED)] * 2),
        "No MLflow run names",
    ),
]


@pytest.mark.parametrize(("goal", "evidence", "words"), SENTENCES, ids=[words for _, _, words in SENTENCES])
def test_each_case_has_a_sentence_of_its_own(goal, evidence, words):
    verdict = judge(goal, evidence)
    assert not verdict.passed
    assert words in verdict.message


def test_a_bug_that_spares_its_retries_passes_beside_a_failure_that_is_tried_again():
    assert part2.spared_the_retries(bugs(tried(1, RunPhase.FAILED), tried(3, RunPhase.SUCCEEDED))).passed


def test_waits_that_were_asked_to_grow_and_did_pass_however_little_they_grew():
    assert part2.waited_longer_each_time(waited((1, 2, 4), 1.9, 2.1)).passed


def test_a_stored_result_saves_time_even_where_a_busy_machine_made_the_whole_run_slower():
    assert part3.saved_time(pair(chosen(seconds=6), chosen("Cached"), seconds=12)).passed
