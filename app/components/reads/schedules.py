"""Schedules, and how late their runs are."""

from datetime import datetime

from app.components.reads.asking import Freshness, asks
from app.components.reads.clients import schedulers
from app.engine.orchestrators.contract import Lateness
from workshop.facts import OrchestratorName, Schedule
from workshop.naming import STEP_TAG


def schedules_of(learner: str, step: str = "") -> list[Schedule]:
    """List the schedules of everybody's targets and of the learner's own, in one step or in all."""
    schedules = [schedule for name in schedulers() for schedule in _schedules_in(name, step)]
    return [schedule for schedule in schedules if schedule.learner in ("", learner)]


def forget_schedules() -> None:
    """Let the next page ask for the schedules again: one has just been changed."""
    _schedules_in.clear()


@asks(freshness=Freshness.PAGE)
def _schedules_in(name: OrchestratorName, step: str) -> list[Schedule]:
    return schedulers()[name].schedules({STEP_TAG: step} if step else {})


@asks(freshness=Freshness.STEADY)
def lateness(name: OrchestratorName, target: str) -> Lateness:
    """Count the runs of a target that are late."""
    return schedulers()[name].lateness(target)


@asks(freshness=Freshness.LIVE)
def heartbeat(name: OrchestratorName) -> datetime | None:
    """Read when what starts a tool's runs last gave a sign of life."""
    return schedulers()[name].heartbeat()
