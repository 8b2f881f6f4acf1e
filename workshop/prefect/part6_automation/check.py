"""Goals of part 6: a schedule of one's own, runs that it started, and an MLflow run of each."""

from datetime import timedelta

from workshop.checking import Evidence, Verdict, newest_completed, not_yet, passed
from workshop.facts import Run, RunPhase, Schedule

LONGEST = timedelta(minutes=15)
"""A schedule with longer gaps would keep the learner waiting."""
WANTED = 2


def deployed_with_a_schedule(evidence: Evidence) -> Verdict:
    """Schedule: a deployment of your own has an active schedule that runs every few minutes."""
    found = _schedule(evidence)
    if isinstance(found, Verdict):
        return found
    return passed(f"{found.target} runs by itself: {found.words}, next at {found.next_at[0].astimezone():%H:%M:%S}.")


def ran_by_itself(evidence: Evidence) -> Verdict:
    """Let it run: the schedule, not a click, started at least two flow runs that are Completed."""
    found = _scheduled_runs(evidence)
    if isinstance(found, Verdict):
        return found
    return passed(f"The schedule started {' and '.join(run.name for run in found)}.", *found)


def tracked_each_run(evidence: Evidence) -> Verdict:
    """Track: each of these runs has an MLflow run of its own."""
    found = _scheduled_runs(evidence)
    if isinstance(found, Verdict):
        return found
    tracked = []
    for run in found:
        made = evidence.mlflow_runs(run)
        if not made:
            return not_yet(
                f"No MLflow run names {run.name}: call track in retrain, with the tag prefect.flow_run_id.", run
            )
        tracked.append(made[0])
    return passed(f"MLflow has {len(tracked)} runs that arrived by themselves.", *tracked)


def _schedule(evidence: Evidence) -> Schedule | Verdict:
    """Find an active schedule with short gaps, or say what keeps the learner's from being one."""
    schedules = evidence.schedules()
    if not schedules:
        run = newest_completed(evidence.flow_runs())
        if isinstance(run, Verdict):
            return run
        return not_yet(f"{run.name} deployed retrain without a schedule: return one in schedule_for, then run.", run)
    active = [schedule for schedule in schedules if schedule.is_active]
    if not active:
        return not_yet(f"The schedule of {schedules[0].target} is paused: resume it.")
    schedule = active[0]
    if len(schedule.next_at) < 2:
        return not_yet(f"Prefect has not planned the runs of {schedule.target} yet: check again in some seconds.")
    gap = schedule.next_at[1] - schedule.next_at[0]
    if gap > LONGEST:
        return not_yet(
            f"The schedule {schedule.words} starts one run every {gap.total_seconds() / 60:.0f} minutes: for every two "
            "minutes it is Interval(timedelta(minutes=2)), or Cron with */2 as its first part."
        )
    return schedule


def _scheduled_runs(evidence: Evidence) -> list[Run] | Verdict:
    """Find the newest Completed flow runs that the learner's schedule started, or say what to wait for."""
    theirs = {schedule.id for schedule in evidence.schedules()}
    due = [run for run in evidence.flow_runs() if run.schedule_id in theirs]
    done = [run for run in due if run.phase is RunPhase.SUCCEEDED]
    if len(done) >= WANTED:
        return done[:WANTED]
    schedule = _schedule(evidence)
    if isinstance(schedule, Verdict):
        return schedule
    if due and due[0].phase is RunPhase.FAILED:
        return not_yet(f"{due[0].name} is {due[0].state}: read the last lines of its log, then deploy again.", due[0])
    if due and due[0].state == "Late":
        return not_yet(f"{due[0].name} is Late: no worker has taken it. Is the Prefect worker running?", due[0])
    return not_yet(
        f"{len(done)} of {WANTED} runs so far; what you start yourself does not count, nor what a schedule that you "
        "have replaced has started. "
        f"The next begins at {schedule.next_at[0].astimezone():%H:%M:%S}.",
        *done,
    )
