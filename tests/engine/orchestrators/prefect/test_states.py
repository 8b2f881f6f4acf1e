"""Prefect's complete list of states, as the pinned version ships it, is sorted into phases."""

import inspect

from app.engine.orchestrators.prefect.states import BEING_CANCELLED, STATE_TYPES, phase_of
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
    sorted_names = {name: phase_of(state.type.value) for name, state in prefect_states().items()}
    assert sorted_names == PREFECT_NAMES


def test_every_prefect_state_type_is_sorted_and_no_other():
    from prefect.client.schemas.objects import StateType

    assert set(STATE_TYPES) == {state_type.value for state_type in StateType}


def test_what_prefect_calls_final_is_final():
    for name, state in prefect_states().items():
        assert phase_of(state.type.value).is_final == state.is_final(), name


def test_a_run_that_is_being_cancelled_has_one_of_prefects_own_states():
    assert prefect_states()[BEING_CANCELLED].type.value == "CANCELLING"


def test_a_state_of_a_later_version_is_unknown_and_so_is_none_yet():
    assert phase_of("HIBERNATING") is RunPhase.UNKNOWN
    assert phase_of(None) is RunPhase.UNKNOWN
    assert not RunPhase.UNKNOWN.is_final
