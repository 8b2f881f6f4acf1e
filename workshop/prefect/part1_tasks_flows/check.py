"""Goals of part 1: a Completed flow run whose tasks pass results on."""

from workshop.checking import Evidence, Phase, Run, Verdict, not_yet, passed


def completed_a_flow_run(evidence: Evidence) -> Verdict:
    """Run the flow: a flow run of yours is Completed."""
    runs = evidence.flow_runs()
    for run in runs:
        if run.phase is Phase.SUCCEEDED:
            return passed(f"Flow run {run.name} is {run.state}.", run)
    if not runs:
        return not_yet("There is no flow run of yours yet: press Run.")
    return _not_completed(runs[0])


def made_task_runs(evidence: Evidence) -> Verdict:
    """Split the work: the flow run has at least two task runs."""
    for run in _completed(evidence):
        tasks = evidence.task_runs(run)
        if len(tasks) >= 2:
            return passed(f"Flow run {run.name} has {len(tasks)} task runs.", run, *tasks)
        return not_yet(
            f"Flow run {run.name} has {len(tasks)} task runs: put @task above each function that the flow calls.", run
        )
    return not_yet("Goals are checked on a Completed flow run, and you have none yet: press Run.")


def passed_results_on(evidence: Evidence) -> Verdict:
    """Connect the tasks: a task run works on the result of another one."""
    for run in _completed(evidence):
        tasks = evidence.task_runs(run)
        own = {task.id for task in tasks}
        connected = [task for task in tasks if own.intersection(task.upstream)]
        if connected:
            return passed(f"{connected[0].name} worked on another task's result.", run, *connected)
        return not_yet(
            f"No task of {run.name} received another task's result: "
            "give what one task returns to the next one, as in engineer_features(customers).",
            run,
        )
    return not_yet("Goals are checked on a Completed flow run, and you have none yet: press Run.")


def _completed(evidence: Evidence) -> list[Run]:
    return [run for run in evidence.flow_runs() if run.phase is Phase.SUCCEEDED]


def _not_completed(run: Run) -> Verdict:
    if run.phase in (Phase.WAITING, Phase.RUNNING):
        return not_yet(f"Flow run {run.name} is {run.state}: wait until it is Completed, then check again.", run)
    return not_yet(f"Flow run {run.name} is {run.state}: read the last lines of its log, then run it again.", run)
