"""Goals of part 6: a schedule of one's own, runs that it started, and an MLflow run of each."""

from datetime import timedelta

from workshop.checking import Evidence, NotYet, Verdict, newest_succeeded, passed
from workshop.facts import Run, RunPhase, Schedule

LONGEST = timedelta(minutes=15)
"""A schedule with longer gaps would keep the learner waiting."""


def deployed_with_a_schedule(evidence: Evidence) -> Verdict:
    """Schedule: a deployment of your own has an active schedule that runs every few minutes."""
    schedule = _schedule(evidence)
    return passed(
        "{target} runs by itself: {schedule}, next at {next:%H:%M:%S}.",
        target=schedule.target,
        schedule=schedule.words,
        next=schedule.next_at[0].astimezone(),
    )


def ran_by_itself(evidence: Evidence) -> Verdict:
    """Let it run: the schedule, not a click, started at least two flow runs that are Completed."""
    first, second = _scheduled_runs(evidence)
    return passed("The schedule started {first} and {second}.", first, second, first=first.name, second=second.name)


def tracked_each_run(evidence: Evidence) -> Verdict:
    """Track: each of these runs has an MLflow run of its own."""
    tracked = []
    for run in _scheduled_runs(evidence):
        made = evidence.mlflow_runs(run)
        if not made:
            words = "No MLflow run names {run}: call track in retrain, with the tag prefect.flow_run_id."
            raise NotYet(words, run, run=run.name)
        tracked.append(made[0])
    return passed("MLflow has {count} runs that arrived by themselves.", *tracked, count=len(tracked))


def _schedule(evidence: Evidence) -> Schedule:
    """Find an active schedule with short gaps."""
    schedules = evidence.schedules()
    if not schedules:
        run = newest_succeeded(evidence.flow_runs())
        words = "{run} deployed retrain without a schedule: return one in schedule_for, then run."
        raise NotYet(words, run, run=run.name)
    active = [schedule for schedule in schedules if schedule.is_active]
    if not active:
        raise NotYet("The schedule of {target} is paused: resume it.", target=schedules[0].target)
    schedule = active[0]
    if len(schedule.next_at) < 2:
        words = "Prefect has not planned the runs of {target} yet: check again in some seconds."
        raise NotYet(words, target=schedule.target)
    gap = schedule.next_at[1] - schedule.next_at[0]
    if gap > LONGEST:
        raise NotYet(
            "The schedule {schedule} starts one run every {minutes:.0f} minutes: for every two "
            "minutes it is Interval(timedelta(minutes=2)), or Cron with */2 as its first part.",
            schedule=schedule.words,
            minutes=gap.total_seconds() / 60,
        )
    return schedule


def _scheduled_runs(evidence: Evidence) -> tuple[Run, Run]:
    """Find the two newest Completed flow runs that the learner's schedule started."""
    own = {schedule.id for schedule in evidence.schedules()}
    due = [run for run in evidence.flow_runs() if run.schedule_id in own]
    done = [run for run in due if run.phase is RunPhase.SUCCEEDED]
    if len(done) >= 2:
        return done[0], done[1]
    schedule = _schedule(evidence)
    if due and due[0].phase is RunPhase.FAILED:
        words = "{run} is {state}: read the last lines of its log, then deploy again."
        raise NotYet(words, due[0], run=due[0].name, state=due[0].state)
    if due and due[0].state == "Late":
        words = "{run} is Late: no worker has taken it. Is the Prefect worker running?"
        raise NotYet(words, due[0], run=due[0].name)
    raise NotYet(
        "{count} of 2 runs so far; what you start yourself does not count, nor what a schedule that you "
        "have replaced has started. "
        "The next begins at {next:%H:%M:%S}.",
        *done,
        count=len(done),
        next=schedule.next_at[0].astimezone(),
    )
