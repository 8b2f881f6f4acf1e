"""Goals of part 4: parameters that somebody chose, and flow runs below a flow run, each with a name that tells."""

from workshop.checking import Evidence, NotYet, Verdict, newest_succeeded, passed
from workshop.facts import Run

NEWEST = 15


def chose_parameters(evidence: Evidence) -> Verdict:
    """Choose: a Completed flow run of yours has parameters that are not the defaults."""
    newest = newest_succeeded(evidence.flow_runs())
    for run in _completed(evidence):
        if changed := evidence.changed_parameters(run):
            chosen = ", ".join(f"{name} = {value}" for name, value in changed.items())
            return passed("{run} ran with {chosen}.", run, run=run.name, chosen=chosen)
    raise NotYet("{run} ran with the defaults: change a value in the form, then run again.", newest, run=newest.name)


def nested_flow_runs(evidence: Evidence) -> Verdict:
    """Nest: your flow run has called at least two flow runs."""
    parent, children = _parent(evidence)
    return passed("{run} called {count} flow runs.", parent, *children, run=parent.name, count=len(children))


def named_the_children(evidence: Evidence) -> Verdict:
    """Name them: the name of each of these flow runs says which group of customers it is about."""
    parent, children = _parent(evidence)
    nameless = [child for child in children if str(child.parameters.get("segment", "")) not in child.name]
    if nameless:
        raise NotYet(
            "{run} does not say that it is about {segment}: "
            'call train_segment.with_options(flow_run_name=f"train-{{segment}}").',
            parent,
            nameless[0],
            run=nameless[0].name,
            segment=nameless[0].parameters.get("segment"),
        )
    names = ", ".join(child.name for child in children)
    return passed("The flow runs are called {names}.", parent, *children, names=names)


def _parent(evidence: Evidence) -> tuple[Run, list[Run]]:
    """Find the newest flow run that called flow runs, with these."""
    newest = newest_succeeded(evidence.flow_runs())
    for run in _completed(evidence):
        children = list(evidence.child_runs(run))
        if len(children) >= 2:
            return run, children
    tasks = [task for task in evidence.task_runs(newest) if "load_segment" not in task.name]
    trainings = [task for task in tasks if "train_and_evaluate" not in task.name]
    if trainings:
        raise NotYet(
            "{task} is a task run: put @flow, not @task, above train_segment, and name it with flow_run_name.",
            newest,
            trainings[0],
            task=trainings[0].name,
        )
    raise NotYet("{run} called no flow run: put @flow above train_segment, then run again.", newest, run=newest.name)


def _completed(evidence: Evidence) -> list[Run]:
    return [run for run in evidence.flow_runs() if run.state == "Completed"][:NEWEST]
