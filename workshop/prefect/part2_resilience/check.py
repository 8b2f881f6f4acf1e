"""Goals of part 2: a failure that passes is survived with growing waits.

One that does not pass costs no retries.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from workshop.checking import Evidence, NotYet, Verdict, newest_succeeded, passed
from workshop.facts import Run, RunPhase, TaskRun
from workshop.naming import CODE_TAG
from workshop.unreliable_api.currencies import DOLLARS

NEWEST = 15


def survived_a_failure(evidence: Evidence) -> Verdict:
    """Survive a failure: a task run failed, was tried again and ended Completed."""
    for run, task in _task_runs(evidence):
        if len(task.attempts) > 1 and task.phase is RunPhase.SUCCEEDED:
            words = "{task} is {state} after {count} attempts."
            return passed(words, run, task, task=task.name, state=task.state, count=len(task.attempts))
    for run, task in _task_runs(evidence):
        if run.phase is RunPhase.FAILED and task.phase is RunPhase.FAILED and _asked_for_what_exists(run):
            raise _why_it_failed(run, task)
    newest = newest_succeeded(evidence.flow_runs())
    raise NotYet("Nothing failed in {run}: turn the dial so that the first two calls fail.", newest, run=newest.name)


def waited_longer_each_time(evidence: Evidence) -> Verdict:
    """Let the waits grow: each wait of that task run was longer than the one before, and that was asked for."""
    steady: tuple[Run, TaskRun] | None = None
    for run, task in _task_runs(evidence):
        if task.phase is not RunPhase.SUCCEEDED or len(task.waits) < 2:
            continue
        if _grow(task.waits) and _grow(task.retry_delays):  # a busy machine lengthens a wait, too
            return passed("{task} waited {waits}.", run, task, task=task.name, waits=_seconds(task))
        steady = steady or (run, task)
    if steady:
        raise _why_waits_do_not_grow(*steady)
    newest = newest_succeeded(evidence.flow_runs())
    raise NotYet(
        "No task run of {run} was tried three times: two calls must fail, and retries must be 2 or more.",
        newest,
        run=newest.name,
    )


def _grow(seconds: Sequence[float]) -> bool:
    return len(seconds) > 1 and all(later > earlier for earlier, later in pairwise(seconds))


def _why_waits_do_not_grow(run: Run, task: TaskRun) -> NotYet:
    written = task.retry_delays
    if _grow(written):
        words = (
            "{task} waited {waits}: the list {list} grows, yet the machine was too busy to keep to it; run once more."
        )
    elif len(written) > 1:
        words = "{task} waited {waits}: the list {list} does not grow: let each number be larger than the one before."
    else:
        words = "{task} waited {waits}: give retry_delay_seconds a list of growing numbers."
    return NotYet(words, run, task, task=task.name, waits=_seconds(task), list=list(written))


def spared_the_retries(evidence: Evidence) -> Verdict:
    """Waste no retry on a bug: a task run that has retries, and cannot succeed, Failed at its first attempt."""
    runs = evidence.flow_runs()[:NEWEST]
    bugs = [run for run in runs if not _asked_for_what_exists(run)]
    if not bugs:
        raise NotYet("No run of yours asked for what does not exist: enter XYZ as currency, then press Run.")
    run = bugs[0]
    if not run.phase.is_final:
        raise NotYet(
            "Flow run {run} is {state}: wait for its end, then check again.", run, run=run.name, state=run.state
        )
    failed = [task for task in evidence.task_runs(run) if task.phase is RunPhase.FAILED]
    if not failed:
        raise NotYet(
            "No task run of {run} Failed, yet there is no such currency: do not hide the error, raise it.",
            run,
            run=run.name,
        )
    return _judge_bug(evidence, run, failed[0])


def _judge_bug(evidence: Evidence, run: Run, task: TaskRun) -> Verdict:
    if len(task.attempts) > 1:
        raise NotYet(
            "{task} asked {count} times for a currency that does not exist: "
            "let is_worth_a_retry return False when the status is 404.",
            run,
            task,
            task=task.name,
            count=len(task.attempts),
        )
    if not task.retries:
        raise NotYet(
            "{task} spared no retry, it had none: keep retries=3, and decide in is_worth_a_retry.",
            run,
            task,
            task=task.name,
        )
    for other, tried in _task_runs(evidence):
        if not other.phase.is_final or not _asked_for_what_exists(other) or not _same_code(other, run):
            continue
        if tried.phase is RunPhase.FAILED and len(tried.attempts) == 1:
            raise _why_it_failed(other, tried)
        if len(tried.attempts) > 1:
            return passed(
                "{task} Failed at its first attempt and spared {retries} retries; "
                "{other}, with the same code, was tried again.",
                run,
                task,
                other,
                tried,
                task=task.name,
                retries=task.retries,
                other=tried.name,
            )
    raise NotYet(
        "{task} Failed at its first attempt, as it should. Show that the same code still tries again where it "
        "helps: run with EUR, with two failing calls.",
        run,
        task,
        task=task.name,
    )


def _why_it_failed(run: Run, task: TaskRun) -> NotYet:
    if not task.retries:
        words = "{task} is {state}, and had no retries: set retries=3."
    elif len(task.attempts) == 1:
        words = (
            "{task} gave up at once, though its failure would have passed: "
            "is_worth_a_retry must return True for status 429, 500 and above, time-outs and dropped connections."
        )
    else:
        words = "{task} failed {count} times and its retries ran out: let fewer calls fail, or set more retries."
    return NotYet(words, run, task, task=task.name, state=task.state, count=len(task.attempts))


def _task_runs(evidence: Evidence) -> Iterator[tuple[Run, TaskRun]]:
    """Walk over the task runs of the newest flow runs."""
    for run in evidence.flow_runs()[:NEWEST]:
        for task in evidence.task_runs(run):
            yield run, task


def _same_code(one: Run, other: Run) -> bool:
    return one.tags.get(CODE_TAG) == other.tags.get(CODE_TAG)


def _asked_for_what_exists(run: Run) -> bool:
    return run.parameters.get("currency", "EUR") in DOLLARS


def _seconds(task: TaskRun) -> str:
    return ", ".join(f"{wait:.1f} s" for wait in task.waits)
