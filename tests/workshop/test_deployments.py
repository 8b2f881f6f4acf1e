"""A deployment is created once and brought up to date after that."""

from datetime import timedelta

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.schedules import Cron, Interval

from workshop.deployments import create_deployment


@flow
def nothing(times: int = 1) -> None:
    """Do nothing."""


@pytest.fixture
def register(prefect_api, work_pool):  # noqa: ARG001
    """Register the flow again and return the deployment as Prefect has it then."""

    def again(name, **options):
        with get_client(sync_client=True) as client:
            options = {"entrypoint": "workshop/x.py:nothing", "work_pool": work_pool, "labels": {"a": "b"}} | options
            return client.read_deployment(create_deployment(client, nothing, name=name, **options))

    return again


def test_a_deployment_names_no_folder_of_this_machine(register):
    deployment = register("plain")
    assert (deployment.entrypoint, deployment.path) == ("workshop/x.py:nothing", ".")
    assert not deployment.pull_steps
    assert deployment.job_variables == {}
    assert deployment.tags == ["a:b"]
    assert deployment.parameter_openapi_schema["properties"]["times"]["default"] == 1
    assert deployment.enforce_parameter_schema


def test_schedules_stay_when_it_is_registered_again(register):
    register("kept", schedules=[Interval(timedelta(minutes=2), slug="often"), Cron("0 6 * * *", active=False)])
    deployment = register("kept", entrypoint="workshop/y.py:nothing")
    assert deployment.entrypoint == "workshop/y.py:nothing"
    assert {(schedule.slug, schedule.active) for schedule in deployment.schedules} == {("often", True), (None, False)}


def test_given_schedules_replace_those_it_had(register):
    register("replaced", schedules=[Interval(timedelta(minutes=2))])
    deployment = register("replaced", schedules=[Interval(timedelta(minutes=5))])
    assert [schedule.schedule.interval for schedule in deployment.schedules] == [timedelta(minutes=5)]
    assert register("replaced", schedules=[]).schedules == []


@pytest.mark.parametrize("schedule", [Interval(timedelta(minutes=3)), Cron("*/3 * * * *")])
def test_the_same_schedule_again_is_the_one_that_it_has_unless_it_was_paused(register, schedule):
    def ids():
        return [
            each.id for each in register("same", schedules=[schedule], entrypoint="workshop/y.py:nothing").schedules
        ]

    first = ids()
    assert ids() == first
    with get_client(sync_client=True) as client:
        client.update_deployment_schedule(register("same").id, first[0], active=False)
    assert ids() != first
    assert [each.active for each in register("same").schedules] == [True]


def test_a_workspace_of_its_own_goes_with_every_run(register):
    assert register("own", working_dir="/somewhere").job_variables == {"working_dir": "/somewhere"}
