"""Goals of part 2: a failure that passes is survived with growing waits; one that does not pass costs no retries."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from workshop.checking import Evidence, Verdict, newest_completed, not_yet, passed
from workshop.facts import Run, RunPhase, TaskRun
from workshop.naming import CODE_TAG
from workshop.unreliable_api.currencies import DOLLARS

NEWEST = 15


def survived_a_failure(evidence: Evidence) -> Verdict:
    """Survive a failure: a task run failed, was tried again and ended Completed."""
    for run, task in _task_runs(evidence):
        if len(task.attempts) > 1 and task.phase is RunPhase.SUCCEEDED:
            return passed(f"{task.name} is {task.state} after {len(task.attempts)} attempts.", run, task)
    for run, task in _task_runs(evidence):
        if run.phase is RunPhase.FAILED and task.phase is RunPhase.FAILED and _asked_for_what_exists(run):
            return _say_why_it_failed(run, task)
    found = newest_completed(evidence.flow_runs())
    if isinstance(found, Verdict):
        return found
    return not_yet(f"Nothing failed in {found.name}: turn the dial so that the first two calls fail.", found)


def waited_longer_each_time(evidence: Evidence) -> Verdict:
    """Let the waits grow: each wait of that task run was longer than the one before, and that was asked for."""
    steady: tuple[Run, TaskRun] | None = None
    for run, task in _task_runs(evidence):
        if task.phase is not RunPhase.SUCCEEDED or len(task.waits) < 2:
            continue
        if _grow(task.waits) and _grow(task.retry_delays):  # a busy machine lengthens a wait, too
            return passed(f"{task.name} waited {_seconds(task)}.", run, task)
        steady = steady or (run, task)
    if steady:
        advice = _how_to_grow(steady[1].retry_delays)
        return not_yet(f"{steady[1].name} waited {_seconds(steady[1])}: {advice}.", *steady)
    found = newest_completed(evidence.flow_runs())
    if isinstance(found, Verdict):
        return found
    return not_yet(
        f"No task run of {found.name} was tried three times: two calls must fail, and retries must be 2 or more.", found
    )


def _grow(seconds: Sequence[float]) -> bool:
    return len(seconds) > 1 and all(later > earlier for earlier, later in pairwise(seconds))


def _how_to_grow(written: Sequence[float]) -> str:
    if _grow(written):
        return f"the list {list(written)} grows, yet the machine was too busy to keep to it; run once more"
    if len(written) > 1:
        return f"the list {list(written)} does not grow: let each number be larger than the one before"
    return "give retry_delay_seconds a list of growing numbers"


def spared_the_retries(evidence: Evidence) -> Verdict:
    """Waste no retry on a bug: a task run that has retries, and cannot succeed, Failed at its first attempt."""
    runs = evidence.flow_runs()[:NEWEST]
    bugs = [run for run in runs if not _asked_for_what_exists(run)]
    if not bugs:
        return not_yet("No run of yours asked for what does not exist: enter XYZ as currency, then press Run.")
    run = bugs[0]
    if not run.phase.is_final:
        return not_yet(f"Flow run {run.name} is {run.state}: wait for its end, then check again.", run)
    failed = [task for task in evidence.task_runs(run) if task.phase is RunPhase.FAILED]
    if not failed:
        return not_yet(
            f"No task run of {run.name} Failed, yet there is no such currency: do not hide the error, raise it.",
            run,
        )
    return _judge_bug(evidence, run, failed[0])


def _judge_bug(evidence: Evidence, run: Run, task: TaskRun) -> Verdict:
    if len(task.attempts) > 1:
        return not_yet(
            f"{task.name} asked {len(task.attempts)} times for a currency that does not exist: "
            "let is_worth_a_retry return False when the status is 404.",
            run,
            task,
        )
    if not task.retries:
        return not_yet(
            f"{task.name} spared no retry, it had none: keep retries=3, and decide in is_worth_a_retry.", run, task
        )
    for other, tried in _task_runs(evidence):
        if not other.phase.is_final or not _asked_for_what_exists(other) or not _same_code(other, run):
            continue
        if tried.phase is RunPhase.FAILED and len(tried.attempts) == 1:
            return _say_why_it_failed(other, tried)
        if len(tried.attempts) > 1:
            words = f"{task.name} Failed at its first attempt and spared {task.retries} retries"
            return passed(f"{words}; {tried.name}, with the same code, was tried again.", run, task, other, tried)
    return not_yet(
        f"{task.name} Failed at its first attempt, as it should. Show that the same code still tries again where it "
        "helps: run with EUR, with two failing calls.",
        run,
        task,
    )


def _say_why_it_failed(run: Run, task: TaskRun) -> Verdict:
    if not task.retries:
        return not_yet(f"{task.name} is {task.state}, and had no retries: set retries=3.", run, task)
    if len(task.attempts) == 1:
        return not_yet(
            f"{task.name} gave up at once, though its failure would have passed: "
            "is_worth_a_retry must return True for status 429, 500 and above, time-outs and dropped connections.",
            run,
            task,
        )
    return not_yet(
        f"{task.name} failed {len(task.attempts)} times and its retries ran out: "
        "let fewer calls fail, or set more retries.",
        run,
        task,
    )


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
