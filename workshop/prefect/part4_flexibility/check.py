"""Goals of part 4: parameters that somebody chose, and flow runs below a flow run, each with a name that tells."""

from workshop.checking import Evidence, Verdict, newest_completed, not_yet, passed
from workshop.facts import Run

NEWEST = 15


def chose_parameters(evidence: Evidence) -> Verdict:
    """Choose: a Completed flow run of yours has parameters that are not the defaults."""
    found = newest_completed(evidence.flow_runs())
    if isinstance(found, Verdict):
        return found
    for run in _completed(evidence):
        if changed := evidence.changed_parameters(run):
            chosen = ", ".join(f"{name} = {value}" for name, value in changed.items())
            return passed(f"{run.name} ran with {chosen}.", run)
    return not_yet(f"{found.name} ran with the defaults: change a value in the form, then run again.", found)


def nested_flow_runs(evidence: Evidence) -> Verdict:
    """Nest: your flow run has called at least two flow runs."""
    found = _parent(evidence)
    if isinstance(found, Verdict):
        return found
    parent, children = found
    return passed(f"{parent.name} called {len(children)} flow runs.", parent, *children)


def named_the_children(evidence: Evidence) -> Verdict:
    """Name them: the name of each of these flow runs says which group of customers it is about."""
    found = _parent(evidence)
    if isinstance(found, Verdict):
        return found
    parent, children = found
    nameless = [child for child in children if str(child.parameters.get("segment", "")) not in child.name]
    if not nameless:
        return passed(f"The flow runs are called {', '.join(child.name for child in children)}.", parent, *children)
    return not_yet(
        f"{nameless[0].name} does not say that it is about {nameless[0].parameters.get('segment')}: "
        'call train_segment.with_options(flow_run_name=f"train-{segment}").',
        parent,
        nameless[0],
    )


def _parent(evidence: Evidence) -> tuple[Run, list[Run]] | Verdict:
    """Find the newest flow run that called flow runs, with these, or say what to do to get one."""
    newest = newest_completed(evidence.flow_runs())
    if isinstance(newest, Verdict):
        return newest
    for run in _completed(evidence):
        children = list(evidence.child_runs(run))
        if len(children) >= 2:
            return run, children
    tasks = [task for task in evidence.task_runs(newest) if "load_segment" not in task.name]
    trainings = [task for task in tasks if "train_and_evaluate" not in task.name]
    if trainings:
        return not_yet(
            f"{trainings[0].name} is a task run: put @flow, not @task, above train_segment, and name it with "
            "flow_run_name.",
            newest,
            trainings[0],
        )
    return not_yet(f"{newest.name} called no flow run: put @flow above train_segment, then run again.", newest)


def _completed(evidence: Evidence) -> list[Run]:
    return [run for run in evidence.flow_runs() if run.state == "Completed"][:NEWEST]
