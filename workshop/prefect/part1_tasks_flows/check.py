"""Goals of part 1: a Completed flow run whose tasks pass results on."""

from workshop.checking import Evidence, Verdict, newest_completed, not_yet, passed
from workshop.facts import Run


def completed_a_flow_run(evidence: Evidence) -> Verdict:
    """Run the flow: a flow run of yours is Completed."""
    run = newest_completed(evidence.flow_runs())
    return passed(f"Flow run {run.name} is {run.state}.", run) if isinstance(run, Run) else run


def made_task_runs(evidence: Evidence) -> Verdict:
    """Split the work: the flow run has at least two task runs."""
    run = newest_completed(evidence.flow_runs())
    if isinstance(run, Verdict):
        return run
    tasks = evidence.task_runs(run)
    if len(tasks) >= 2:
        return passed(f"Flow run {run.name} has {len(tasks)} task runs.", run, *tasks)
    return not_yet(
        f"Flow run {run.name} has fewer than two task runs: put @task above each function that the flow calls.", run
    )


def passed_results_on(evidence: Evidence) -> Verdict:
    """Connect the tasks: a task run works on the result of another one."""
    run = newest_completed(evidence.flow_runs())
    if isinstance(run, Verdict):
        return run
    tasks = evidence.task_runs(run)
    ids = {task.id for task in tasks}
    connected = [task for task in tasks if ids.intersection(task.upstream)]
    if connected:
        return passed(f"{connected[0].name} worked on another task's result.", run, *connected)
    return not_yet(
        f"No task of {run.name} received another task's result: "
        "give what one task returns to the next one, as in engineer_features(customers).",
        run,
    )
