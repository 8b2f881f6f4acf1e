"""Schedules, and how late their runs are."""

from app.components.reads.asking import Freshness, asks
from app.components.reads.clients import prefect, schedule_control
from app.engine.orchestrators.prefect.schedules import Lateness
from workshop.facts import Schedule
from workshop.naming import STEP_TAG


@asks("prefect", freshness=Freshness.PAGE)
def schedules_of(learner: str, step: str = "") -> list[Schedule]:
    """List the schedules of everybody's deployments and of the learner's own; of one step, if it is named."""
    found = prefect().schedules({STEP_TAG: step} if step else {})
    return [schedule for schedule in found if schedule.learner in ("", learner)]


@asks("prefect", freshness=Freshness.STEADY)
def lateness(target_name: str) -> Lateness:
    """Count the runs of a deployment that are late."""
    return schedule_control().lateness(target_name)
