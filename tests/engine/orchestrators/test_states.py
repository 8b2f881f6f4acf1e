"""Both orchestrators' complete lists of states, as the pinned versions ship them, are sorted into phases."""

import inspect

import pytest

from app.engine.orchestrators import states
from app.engine.orchestrators.states import dagster_phase, dagster_step_phase, prefect_phase
from workshop.facts import RunPhase

PREFECT_NAMES = {
    "Scheduled": RunPhase.WAITING,
    "Late": RunPhase.WAITING,
    "AwaitingRetry": RunPhase.WAITING,
    "AwaitingConcurrencySlot": RunPhase.WAITING,
    "Pending": RunPhase.WAITING,
    "Submitting": RunPhase.WAITING,
    "InfrastructurePending": RunPhase.WAITING,
    "Paused": RunPhase.WAITING,
    "Suspended": RunPhase.WAITING,
    "Running": RunPhase.RUNNING,
    "Retrying": RunPhase.RUNNING,
    "Cancelling": RunPhase.RUNNING,
    "Completed": RunPhase.SUCCEEDED,
    "Failed": RunPhase.FAILED,
    "Crashed": RunPhase.FAILED,
    "Cancelled": RunPhase.CANCELLED,
}


def prefect_states():
    """Make one state with each constructor that Prefect ships."""
    import prefect.states

    made = {}
    for name, constructor in inspect.getmembers(prefect.states, inspect.isfunction):
        if name[0].isupper():
            needed = {"pause_expiration_time"} & set(inspect.signature(constructor).parameters)
            made[name] = constructor(**dict.fromkeys(needed))
    return made


def test_every_prefect_state_name_has_its_phase():
    found = {name: prefect_phase(state.type.value) for name, state in prefect_states().items()}
    assert found == PREFECT_NAMES


def test_every_prefect_state_type_is_sorted_and_no_other():
    from prefect.client.schemas.objects import StateType

    assert set(states.PREFECT_STATE_TYPES) == {state_type.value for state_type in StateType}


def test_what_prefect_calls_final_is_final():
    for name, state in prefect_states().items():
        assert prefect_phase(state.type.value).is_final == state.is_final(), name


def test_every_dagster_run_status_is_sorted_and_what_dagster_calls_finished_is_final():
    from dagster import DagsterRunStatus
    from dagster._core.storage.dagster_run import FINISHED_STATUSES

    assert set(states.DAGSTER_RUN_STATUSES) == {status.value for status in DagsterRunStatus}
    assert {status for status in DagsterRunStatus if dagster_phase(status.value).is_final} == set(FINISHED_STATUSES)


def test_every_dagster_step_status_is_sorted(dagster_schema):
    assert set(states.DAGSTER_STEP_STATUSES) == set(dagster_schema.type_map["StepEventStatus"].values)
    assert set(states.DAGSTER_RUN_STATUSES) == set(dagster_schema.type_map["RunStatus"].values)


@pytest.mark.parametrize("sort", [prefect_phase, dagster_phase, dagster_step_phase])
def test_a_state_of_a_later_version_is_unknown_and_not_final(sort):
    assert sort("HIBERNATING") is RunPhase.UNKNOWN
    assert not RunPhase.UNKNOWN.is_final


def test_no_state_yet_is_not_an_end():
    assert (prefect_phase(None), dagster_phase(None)) == (RunPhase.UNKNOWN, RunPhase.UNKNOWN)
    assert dagster_step_phase(None) is RunPhase.WAITING
