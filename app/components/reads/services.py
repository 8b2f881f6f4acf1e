"""The clients of the services, one of each for all viewers, and short shared caches around what they answer.

A cache keeps answers only, never an error.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, TypeVar, get_args

import streamlit as st

from app.components.page.last_known import recall_or_raise
from app.components.reads.asking import answers, asks, place_of
from app.engine.classroom.board import Board, read_board
from app.engine.curriculum.evidence import ServiceEvidence
from app.engine.curriculum.fault_dial import FaultDial
from app.engine.curriculum.steps import Step, discover
from app.engine.errors import WorkshopError
from app.engine.orchestrators.cancelling import Cancelling
from app.engine.orchestrators.contract import (
    Blocker,
    JsonSchema,
    Orchestrator,
    Parameters,
    RunSnapshot,
    ServiceHealth,
    Target,
)
from app.engine.orchestrators.dagster.client import Dagster
from app.engine.orchestrators.prefect.client import Prefect
from app.engine.orchestrators.prefect.schedules import Lateness, ScheduleControl
from app.engine.stack.control import Runtime, ServiceControl, service_control
from app.engine.stack.health import check_services
from app.engine.tracking.client import MlflowStore
from app.settings import get_settings
from workshop.facts import OrchestratorName, Run, Schedule, TaskRun
from workshop.naming import LEARNER_TAG, STEP_TAG

ORCHESTRATORS: tuple[OrchestratorName, ...] = get_args(OrchestratorName)
quick_cache = partial(st.cache_data, show_spinner=False)
Value = TypeVar("Value")


@st.cache_resource(show_spinner=False)
def prefect() -> Prefect:
    """Make the client of Prefect, once per process."""
    settings = get_settings()
    return Prefect(settings.internal_url("prefect"), settings.public_url("prefect"), settings.work_pool)


@st.cache_resource(show_spinner=False)
def dagster() -> Dagster:
    """Make the client of Dagster, once per process."""
    settings = get_settings()
    return Dagster(settings.internal_url("dagster"), settings.public_url("dagster"))


@st.cache_resource(show_spinner=False)
def mlflow_store() -> MlflowStore:
    """Make the client of MLflow, once per process."""
    settings = get_settings()
    return MlflowStore(settings.internal_url("mlflow"), settings.public_url("mlflow"))


@st.cache_resource(show_spinner=False)
def fault_dial() -> FaultDial:
    """Make the client of the unreliable API, once per process."""
    settings = get_settings()
    return FaultDial(settings.internal_url("unreliable_api"), settings.public_url("unreliable_api"))


@st.cache_resource(show_spinner=False)
def schedule_control() -> ScheduleControl:
    """Make what pauses and changes Prefect's schedules, once per process."""
    settings = get_settings()
    return ScheduleControl(settings.internal_url("prefect"), settings.public_url("prefect"), settings.work_pool)


@st.cache_resource(show_spinner=False)
def cancelling() -> Cancelling:
    """Make what cancels runs, once per process."""
    return Cancelling()


def orchestrator(name: OrchestratorName) -> Orchestrator:
    """Give the client of an orchestrator."""
    found: Orchestrator = prefect() if name == "prefect" else dagster()
    return found


def evidence(learner: str, step: str) -> ServiceEvidence:
    """Give what a check may ask about one learner and one step."""
    return ServiceEvidence(learner, step, prefect(), dagster(), mlflow_store())


@quick_cache(ttl=3)
def steps(language: str = "en") -> list[Step]:
    """Read the curriculum."""
    return discover(get_settings().workspace, language)


@asks(ttl=3)
def target(name: OrchestratorName, target_name: str) -> Target:
    """Read a deployment or job with its parameter schema."""
    return orchestrator(name).target(target_name)


@asks(ttl=2)
def blockers(found: Target) -> list[Blocker]:
    """List what would keep a run from starting now."""
    return orchestrator(found.orchestrator).blockers(found)


@asks(ttl=0.8)
def snapshot(name: OrchestratorName, run_id: str) -> RunSnapshot:
    """Read a run, its tasks and its log."""
    return orchestrator(name).snapshot(run_id)


@asks(ttl=2)
def runs_of_step(name: OrchestratorName, learner: str, step: str, target_name: str = "") -> list[Run]:
    """List the runs that this learner or a schedule of theirs started from this step, newest first; of one target."""
    return orchestrator(name).runs({LEARNER_TAG: learner, STEP_TAG: step}, target=target_name)


def latest_run(name: OrchestratorName, learner: str, step: str, target_name: str) -> Run | None:
    """Find the newest run of a target that this learner started from this step."""
    return next(iter(runs_of_step(name, learner, step, target_name)), None)


@asks("prefect", ttl=1.5)
def child_runs(run_id: str) -> list[Run]:
    """List the flow runs that a Prefect flow run called."""
    return prefect().child_runs(run_id)


@asks("prefect", ttl=1.5)
def heartbeat() -> datetime | None:
    """Read when a Prefect worker last gave a sign of life."""
    return prefect().heartbeat()


@asks("prefect", ttl=2)
def schedules_of(learner: str, step: str = "") -> list[Schedule]:
    """List the schedules of everybody's deployments and of the learner's own; of one step, if it is named."""
    found = prefect().schedules({STEP_TAG: step} if step else {})
    return [schedule for schedule in found if schedule.learner in ("", learner)]


@asks("prefect", ttl=3)
def lateness(target_name: str) -> Lateness:
    """Count the runs of a deployment that are late."""
    return schedule_control().lateness(target_name)


@asks(ttl=30)
def tasks_of(name: OrchestratorName, run_id: str) -> list[TaskRun]:
    """List the task runs of a run that has ended."""
    return orchestrator(name).tasks(run_id)


@asks("unreliable_api", ttl=3)
def dial_of(learner: str) -> Parameters:
    """Read a learner's fault dial."""
    return fault_dial().read(learner)


@asks("unreliable_api", ttl=60)
def dial_schema() -> JsonSchema:
    """Read the schema of a fault dial."""
    return fault_dial().schema()


@asks("unreliable_api", ttl=1.5)
def recorded_calls(learner: str, run_id: str) -> list[dict[str, Any]]:
    """List the calls of one run that the unreliable API has answered."""
    return fault_dial().calls(learner, run_id)


@asks(ttl=3)
def _newest_run(name: OrchestratorName, learner: str, step: str) -> list[Run]:
    return orchestrator(name).runs({LEARNER_TAG: learner, STEP_TAG: step}, limit=1)


def latest_by_step(learner: str, found: Sequence[Step]) -> dict[str, Run]:
    """Find a learner's newest run of each step; of an orchestrator that is down, what it said last."""
    newest: dict[str, Run] = {}
    for name in ORCHESTRATORS:
        for step in found:
            if any(action.orchestrator == name for action in step.actions):
                ask = partial(_newest_run, name, learner, step.id)
                with suppress(WorkshopError):
                    newest.update((step.id, run) for run in recall_or_raise(("newest", name, learner, step.id), ask))
    return newest


@quick_cache(ttl=2)
def board() -> Board:
    """Read the state of the class, once for everybody who looks."""
    check_health = partial(check_services, get_settings())
    return read_board([prefect(), dagster()], mlflow_store(), check_health, _known(), _ask_for_the_board)


def _ask_for_the_board(service: str, what: str, question: Callable[[], Value]) -> Value:
    return answers().ask(place_of(service), f"board: {what}", question, 0.0)


@st.cache_resource(show_spinner=False)
def _known() -> dict[str, Sequence[Any]]:
    """What the services said last of the class."""
    return {}


@st.cache_resource(show_spinner=False)
def control() -> ServiceControl:
    """Make the client of whoever supervises the stack, once per process."""
    return service_control(get_settings())


@quick_cache(ttl=3)
def runtimes() -> dict[str, Runtime]:
    """Read what each service's processes are doing."""
    return dict(control().runtimes())


@quick_cache(ttl=1.5)
def program_log(program: str, lines: int) -> list[str]:
    """Read the last lines of a program's output."""
    return control().log(program, lines)


@quick_cache(ttl=3)
def health() -> list[ServiceHealth]:
    """Probe every service."""
    return check_services(get_settings())
