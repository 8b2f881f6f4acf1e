"""Goals of part 3: trainings that overlap, a result that is not computed twice, and the time that this saves."""

from datetime import timedelta
from itertools import combinations

from workshop.checking import Evidence, NotYet, Verdict, newest_succeeded, passed
from workshop.facts import Run, TaskRun

NEWEST = 15


def trained_side_by_side(evidence: Evidence) -> Verdict:
    """Train side by side: in one flow run, two trainings overlap."""
    newest = newest_succeeded(evidence.flow_runs())
    for run in _completed(evidence):
        trainings = [task for task in evidence.task_runs(run) if task.name.startswith("train_model")]
        pairs = sorted(combinations(trainings, 2), key=lambda pair: _overlap(*pair), reverse=True)
        if pairs and (together := _overlap(*pairs[0])) > timedelta(0):
            first, second = pairs[0]
            return passed(
                "{first} and {second} ran side by side for {seconds:.1f} s.",
                run,
                first,
                second,
                first=first.name,
                second=second.name,
                seconds=together.total_seconds(),
            )
    raise NotYet(
        "The trainings of {run} ran one after another: switch parallel on and run again.", newest, run=newest.name
    )


def took_a_stored_result(evidence: Evidence) -> Verdict:
    """Compute nothing twice: choose_depth is Cached in a second, equal run, and its result expires some day."""
    run, task, _ = _cached(evidence)
    if not task.result_expires:
        raise NotYet(
            "{task} is Cached, but its result is never computed anew: set cache_expiration to a timedelta, "
            "then run with another seed.",
            run,
            task,
            task=task.name,
        )
    until = task.result_expires.astimezone()
    return passed("{task} is Cached until {until:%H:%M}.", run, task, task=task.name, until=until)


def saved_time(evidence: Evidence) -> Verdict:
    """Save time: choose_depth took less time in the run with the stored result than in the run that computed it."""
    second, taken, earlier = _cached(evidence)
    for first in earlier:
        task = _choice(evidence, first, cached=False)
        if task and task.result_key == taken.result_key:
            return _compare_times(first, task, second, taken)
    raise NotYet("No run computed what {run} took from the cache: run twice with a new seed.", second, run=second.name)


def _compare_times(first: Run, task: TaskRun, second: Run, taken: TaskRun) -> Verdict:
    values = {
        "task": task.name,
        "seconds": _duration(task),
        "first": first.name,
        "taken": taken.name,
        "taken_seconds": _duration(taken),
        "second": second.name,
    }
    if _duration(taken) >= _duration(task):
        raise NotYet(
            "{task} took {seconds:.1f} s in {first}, {taken} {taken_seconds:.1f} s in {second}: "
            "keep the result of something that takes longer than reading it.",
            first,
            second,
            **values,
        )
    return passed(
        "{task} took {seconds:.1f} s in {first}, {taken} {taken_seconds:.1f} s in {second}.", first, second, **values
    )


def _cached(evidence: Evidence) -> tuple[Run, TaskRun, list[Run]]:
    """Find the newest run whose choice of depth is Cached, with the runs before it."""
    newest = newest_succeeded(evidence.flow_runs())
    runs = _completed(evidence)
    for index, run in enumerate(runs):
        if task := _choice(evidence, run, cached=True):
            return run, task, runs[index + 1 :]
    earlier = [run for run in runs[1:] if _same(run, newest)]
    if not earlier:
        raise NotYet("No second run has the parameters of {run}: run again without a change.", newest, run=newest.name)
    raise _why_not_cached(evidence, newest, earlier[0])


def _why_not_cached(evidence: Evidence, newest: Run, earlier: Run) -> NotYet:
    now, before = (_choice(evidence, run, cached=False) for run in (newest, earlier))
    names = {"newest": newest.name, "earlier": earlier.name}
    if now is None or not now.result_key:
        words = "choose_depth kept no result in {newest}: give it a cache_policy and a cache_expiration."
        return NotYet(words, newest, **names)
    if before is None or not before.result_key:
        words = "{newest} is the first run that kept choose_depth's result: run once more."
        return NotYet(words, newest, **names)
    if now.result_key != before.result_key:
        return NotYet(
            "{newest} looked for choose_depth's result under another name than {earlier} had stored it. "
            "The key must not hold what changes from run to run: DEFAULT holds the run's id, INPUTS + TASK_SOURCE do "
            "not. If only the code has changed, run once more.",
            newest,
            earlier,
            **names,
        )
    words = "choose_depth's result from {earlier} had expired when {newest} came: run again sooner."
    return NotYet(words, newest, **names)


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
