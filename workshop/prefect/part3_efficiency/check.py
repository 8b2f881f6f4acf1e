"""Goals of part 3: trainings that overlap, a result that is not computed twice, and the time that this saves."""

from datetime import timedelta
from itertools import combinations

from workshop.checking import Evidence, Verdict, newest_completed, not_yet, passed
from workshop.facts import Run, TaskRun

NEWEST = 15


def trained_side_by_side(evidence: Evidence) -> Verdict:
    """Train side by side: in one flow run, two trainings overlap."""
    found = newest_completed(evidence.flow_runs())
    if isinstance(found, Verdict):
        return found
    for run in _completed(evidence):
        trainings = [task for task in evidence.task_runs(run) if task.name.startswith("train_model")]
        pairs = sorted(combinations(trainings, 2), key=lambda pair: _overlap(*pair), reverse=True)
        if pairs and (together := _overlap(*pairs[0])) > timedelta(0):
            first, second = pairs[0]
            seconds = together.total_seconds()
            return passed(f"{first.name} and {second.name} ran side by side for {seconds:.1f} s.", run, first, second)
    return not_yet(f"The trainings of {found.name} ran one after another: switch parallel on and run again.", found)


def took_a_stored_result(evidence: Evidence) -> Verdict:
    """Compute nothing twice: choose_depth is Cached in a second, equal run, and its result expires some day."""
    found = _cached(evidence)
    if isinstance(found, Verdict):
        return found
    run, task, _ = found
    if not task.result_expires:
        return not_yet(
            f"{task.name} is Cached, but its result is never computed anew: set cache_expiration to a timedelta, "
            "then run with another seed.",
            run,
            task,
        )
    return passed(f"{task.name} is Cached until {task.result_expires.astimezone():%H:%M}.", run, task)


def saved_time(evidence: Evidence) -> Verdict:
    """Save time: choose_depth took less time in the run with the stored result than in the run that computed it."""
    found = _cached(evidence)
    if isinstance(found, Verdict):
        return found
    second, taken, earlier = found
    for first in earlier:
        task = _choice(evidence, first, cached=False)
        if task and task.result_key == taken.result_key:
            words = (
                f"{task.name} took {_duration(task):.1f} s in {first.name}, "
                f"{taken.name} {_duration(taken):.1f} s in {second.name}"
            )
            if _duration(taken) < _duration(task):
                return passed(f"{words}.", first, second)
            return not_yet(f"{words}: keep the result of something that takes longer than reading it.", first, second)
    return not_yet(f"No run computed what {second.name} took from the cache: run twice with a new seed.", second)


def _cached(evidence: Evidence) -> tuple[Run, TaskRun, list[Run]] | Verdict:
    """Find the newest run whose choice of depth is Cached, with the runs before it."""
    newest = newest_completed(evidence.flow_runs())
    if isinstance(newest, Verdict):
        return newest
    runs = _completed(evidence)
    for index, run in enumerate(runs):
        if task := _choice(evidence, run, cached=True):
            return run, task, runs[index + 1 :]
    earlier = [run for run in runs[1:] if _same(run, newest)]
    if not earlier:
        return not_yet(f"No second run has the parameters of {newest.name}: run again without a change.", newest)
    return _say_why_not_cached(evidence, newest, earlier[0])


def _say_why_not_cached(evidence: Evidence, newest: Run, earlier: Run) -> Verdict:
    now, before = (_choice(evidence, run, cached=False) for run in (newest, earlier))
    if now is None or not now.result_key:
        return not_yet(
            f"choose_depth kept no result in {newest.name}: give it a cache_policy and a cache_expiration.", newest
        )
    if before is None or not before.result_key:
        return not_yet(f"{newest.name} is the first run that kept choose_depth's result: run once more.", newest)
    if now.result_key != before.result_key:
        return not_yet(
            f"{newest.name} looked for choose_depth's result under another name than {earlier.name} had stored it. "
            "The key must not hold what changes from run to run: DEFAULT holds the run's id, INPUTS + TASK_SOURCE do "
            "not. If only the code has changed, run once more.",
            newest,
            earlier,
        )
    return not_yet(
        f"choose_depth's result from {earlier.name} had expired when {newest.name} came: run again sooner.", newest
    )


def _completed(evidence: Evidence) -> list[Run]:
    return [run for run in evidence.flow_runs() if run.state == "Completed"][:NEWEST]


def _choice(evidence: Evidence, run: Run, cached: bool) -> TaskRun | None:
    """Find the task run that chose the depth, taken from the cache or computed."""
    for task in evidence.task_runs(run):
        if task.name.startswith("choose_depth") and (task.state == "Cached") == cached:
            return task
    return None


def _same(one: Run, other: Run) -> bool:
    return dict(one.parameters) == dict(other.parameters)


def _duration(task: TaskRun) -> float:
    return float("inf") if task.seconds is None else task.seconds


def _overlap(first: TaskRun, second: TaskRun) -> timedelta:
    """Measure for how long two task runs ran at the same time."""
    if not (first.started and first.ended and second.started and second.ended):
        return timedelta(0)
    return max(min(first.ended, second.ended) - max(first.started, second.started), timedelta(0))
