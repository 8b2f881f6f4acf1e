"""The tools' runs and what they run, read once every few seconds for all viewers."""

from collections.abc import Sequence
from functools import partial

from app.components.page.memory import recall_or_raise
from app.components.reads.asking import Freshness, asks
from app.components.reads.clients import orchestrator
from app.engine.curriculum.steps import Step
from app.engine.errors import WorkshopError
from app.engine.orchestrators.contract import Blocker, RunSnapshot, Target
from app.engine.orchestrators.registry import TOOLS
from workshop.facts import OrchestratorName, Run, TaskRun
from workshop.naming import LEARNER_TAG, STEP_TAG


@asks(freshness=Freshness.STEADY)
def target(name: OrchestratorName, target_name: str) -> Target:
    """Read a deployment or job with its parameter schema."""
    return orchestrator(name).target(target_name)


@asks(freshness=Freshness.PAGE)
def blockers(of: Target) -> list[Blocker]:
    """List what would keep a run of a target from starting now."""
    return orchestrator(of.orchestrator).blockers(of)


@asks(freshness=Freshness.STEADY)
def reason_to_wait(of: Target) -> str:
    """Say which limit makes a run of a target wait, or an empty text when none does."""
    return orchestrator(of.orchestrator).reason_to_wait(of)


@asks(freshness=Freshness.WATCHED)
def snapshot(name: OrchestratorName, run_id: str) -> RunSnapshot:
    """Read a run, its tasks and its log."""
    return orchestrator(name).snapshot(run_id)


@asks(freshness=Freshness.PAGE)
def runs_of_step(name: OrchestratorName, learner: str, step: str, target_name: str = "") -> list[Run]:
    """List the runs that this learner or a schedule of theirs started from this step, newest first."""
    return orchestrator(name).runs({LEARNER_TAG: learner, STEP_TAG: step}, target=target_name)


def latest_run(name: OrchestratorName, learner: str, step: str, target_name: str) -> Run | None:
    """Find the newest run of a target that this learner started from this step."""
    return next(iter(runs_of_step(name, learner, step, target_name)), None)


@asks(freshness=Freshness.LIVE)
def child_runs(name: OrchestratorName, run_id: str) -> list[Run]:
    """List the runs that a run called."""
    return orchestrator(name).child_runs(run_id)


@asks(freshness=Freshness.ENDED)
def tasks_of(name: OrchestratorName, run_id: str) -> list[TaskRun]:
    """List the task runs of a run that has ended."""
    return orchestrator(name).tasks(run_id)


@asks(freshness=Freshness.STEADY)
def _newest_run(name: OrchestratorName, learner: str, step: str) -> list[Run]:
    return orchestrator(name).runs({LEARNER_TAG: learner, STEP_TAG: step}, limit=1)


def latest_by_step(learner: str, steps: Sequence[Step]) -> dict[str, Run]:
    """Find a learner's newest run of each step, where a that is down is left with its last answer."""
    newest: dict[str, Run] = {}
    for name in TOOLS:
        for step in steps:
            if any(action.orchestrator == name for action in step.actions):
                newest.update((step.id, run) for run in _newest_run_or_last_known(name, learner, step.id))
    return newest


def _newest_run_or_last_known(name: OrchestratorName, learner: str, step: str) -> list[Run]:
    try:
        return recall_or_raise(("newest", name, learner, step), partial(_newest_run, name, learner, step))
    except WorkshopError:  # a page with many steps shows the others: its services say what is down
        return []
