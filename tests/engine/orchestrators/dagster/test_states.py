"""Dagster's complete lists of states, as the pinned version ships them, are sorted into phases."""

import pytest

from app.engine.orchestrators.dagster.states import (
    BEING_CANCELLED,
    RUN_STATUSES,
    STEP_STATUSES,
    phase_of,
    step_phase_of,
)
from workshop.facts import RunPhase


def test_every_dagster_run_status_is_sorted_and_what_dagster_calls_finished_is_final():
    from dagster import DagsterRunStatus
    from dagster._core.storage.dagster_run import FINISHED_STATUSES

    assert set(RUN_STATUSES) == {status.value for status in DagsterRunStatus}
    assert {status for status in DagsterRunStatus if phase_of(status.value).is_final} == set(FINISHED_STATUSES)


def test_every_dagster_step_status_is_sorted(dagster_schema):
    assert set(STEP_STATUSES) == set(dagster_schema.type_map["StepEventStatus"].values)
    assert set(RUN_STATUSES) == set(dagster_schema.type_map["RunStatus"].values)


def test_a_run_that_is_being_cancelled_has_one_of_dagsters_own_states():
    from dagster import DagsterRunStatus

    assert DagsterRunStatus.CANCELING.value == BEING_CANCELLED


@pytest.mark.parametrize("sort", [phase_of, step_phase_of])
def test_a_state_of_a_later_version_is_unknown_and_not_final(sort):
    assert sort("HIBERNATING") is RunPhase.UNKNOWN
    assert not RunPhase.UNKNOWN.is_final


def test_no_state_yet_is_not_an_end():
    assert phase_of(None) is RunPhase.UNKNOWN
    assert step_phase_of(None) is RunPhase.WAITING
