"""Goals of part 1: a Completed flow run whose tasks pass results on."""

from workshop.checking import Evidence, NotYet, Verdict, newest_succeeded, passed


def completed_a_flow_run(evidence: Evidence) -> Verdict:
    """Run the flow: a flow run of yours is Completed."""
    run = newest_succeeded(evidence.flow_runs())
    return passed("Flow run {run} is {state}.", run, run=run.name, state=run.state)


def made_task_runs(evidence: Evidence) -> Verdict:
    """Split the work: the flow run has at least two task runs."""
    run = newest_succeeded(evidence.flow_runs())
    tasks = evidence.task_runs(run)
    if len(tasks) < 2:
        raise NotYet(
            "Flow run {run} has fewer than two task runs: put @task above each function that the flow calls.",
            run,
            run=run.name,
        )
    return passed("Flow run {run} has {count} task runs.", run, *tasks, run=run.name, count=len(tasks))


def passed_results_on(evidence: Evidence) -> Verdict:
    """Connect the tasks: a task run works on the result of another one."""
    run = newest_succeeded(evidence.flow_runs())
    tasks = evidence.task_runs(run)
    ids = {task.id for task in tasks}
    connected = [task for task in tasks if ids.intersection(task.upstream)]
    if not connected:
        raise NotYet(
            "No task of {run} received another task's result: "
            "give what one task returns to the next one, as in engineer_features(customers).",
            run,
            run=run.name,
        )
    return passed("{task} worked on another task's result.", run, *connected, task=connected[0].name)
