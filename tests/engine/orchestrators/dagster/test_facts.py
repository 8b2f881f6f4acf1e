"""What Dagster's GraphQL answers, read as facts: the answers of a real run, and a few that are hard to provoke."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from app.engine.orchestrators.dagster import queries as dagster_queries
from app.engine.orchestrators.dagster.facts import (
    NOISE,
    failure_from,
    log_lines_from,
    materializations_from,
    run_from,
    tasks_from,
    time_from,
)
from workshop.facts import RunPhase

RUN = {"runId": "0123456789ab", "jobName": "job", "status": "QUEUED", "creationTime": 1.5, "startTime": None}
RUN |= {"endTime": None, "runConfig": None, "tags": [], "stepStats": [], "executionPlan": None}
PLAN = {"steps": [{"key": "a", "inputs": []}, {"key": "b", "inputs": [{"dependsOn": [{"key": "a"}, {"key": "a"}]}]}]}
STATS = {"stepKey": "a", "status": "IN_PROGRESS", "startTime": 2.0, "endTime": None, "attempts": []}


@pytest.fixture(scope="module")
def real(dagster_graphql, tmp_path_factory):
    """Run the job once, and put the panel's own queries to Dagster's own GraphQL."""
    import dagster as dg
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import EmptyWorkspaceTarget

    from tests.engine.dagster_job import defs

    config = {"ops": {"raw": {"config": {"rows": 7}}}}
    folder, settings = tmp_path_factory.mktemp("dagster"), {"telemetry": {"enabled": False}}
    with dg.DagsterInstance.local_temp(str(folder), overrides=settings) as instance:
        done = defs.resolve_job_def("job").execute_in_process(
            instance=instance, raise_on_error=False, run_config=config, tags={"workshop/learner": "ada"}
        )
        with WorkspaceProcessContext(instance, EmptyWorkspaceTarget()) as workspace:

            def ask(query, **variables):
                context, values = workspace.create_request_context(), {"runId": done.run_id, **variables}
                answer = asyncio.run(
                    dagster_graphql.execute_async(query, context_value=context, variable_values=values)
                )
                assert not answer.errors
                return next(iter(answer.data.values()))

            yield SimpleNamespace(
                id=done.run_id,
                run=ask(dagster_queries.RUN),
                events=ask(dagster_queries.LOGS, after=None, limit=500)["events"],
            )


def test_a_run_is_read_with_its_config_and_tags(real):
    run = run_from(real.run)
    assert (run.orchestrator, run.id, run.name, run.target) == ("dagster", real.id, real.id[:8], "job")
    assert (run.state, run.phase) == ("FAILURE", RunPhase.FAILED)
    assert run.parameters == {"raw": {"rows": 7}}
    assert run.tags["workshop/learner"] == "ada"
    assert run.due <= run.started <= run.ended
    assert abs((datetime.now(UTC) - run.ended).total_seconds()) < 300


def test_a_retried_step_has_each_of_its_attempts(real):
    raw = tasks_from(real.run)[0]
    assert (raw.id, raw.state, raw.phase) == ("raw", "SUCCESS", RunPhase.SUCCEEDED)
    assert [(attempt.number, attempt.state) for attempt in raw.attempts] == [(1, "FAILURE"), (2, "SUCCESS")]
    assert [attempt.phase for attempt in raw.attempts] == [RunPhase.FAILED, RunPhase.SUCCEEDED]
    assert raw.attempts[0].ended <= raw.attempts[1].started


def test_every_planned_step_is_there_those_that_ran_first(real):
    tasks = tasks_from(real.run)
    assert [(task.id, task.state, task.phase) for task in tasks[1:]] == [
        ("features", "SUCCESS", RunPhase.SUCCEEDED),
        ("model", "FAILURE", RunPhase.FAILED),
        ("report", "NOT RUN", RunPhase.CANCELLED),
    ]
    assert [task.upstream for task in tasks] == [(), ("raw",), ("features",), ("model",)]
    assert tasks[3].attempts == ()


def test_materializations_carry_numbers_texts_and_links(real):
    raw, features = materializations_from(real.run)
    assert (raw.asset_key, raw.run_id) == (("raw",), real.id)
    assert raw.metadata == {"rows": 7, "share": 0.5, "family": "forest", "mlflow_run": "http://mlflow/#/1"}
    assert features.metadata == {}
    assert run_from(real.run).started <= raw.at <= features.at


def test_the_log_tells_what_the_code_said_and_why_it_failed(real):
    lines = log_lines_from(real.events)
    assert ("warning", "features", "few rows") in [(line.level, line.source, line.message) for line in lines]
    (failure,) = [line for line in lines if line.level == "error" and line.source == "model"]
    assert "ValueError: 7 rows cannot be fitted" in failure.message
    assert 'raise ValueError(f"{features} rows' in failure.message
    assert any("OSError: the disk hiccupped" in line.message for line in lines if line.source == "raw")
    assert [line.at for line in lines] == sorted(line.at for line in lines)


def test_why_the_run_failed_is_what_the_code_raised_not_what_a_retry_survived(real):
    assert failure_from(real.events).startswith("model: ValueError: 7 rows cannot be fitted")
    without_steps = [event for event in real.events if event.get("eventType") != "STEP_FAILURE"]
    assert failure_from(without_steps).startswith("ValueError: 7 rows cannot be fitted")
    assert failure_from([]) == ""


def test_a_run_whose_process_was_told_to_end_says_so_and_what_to_do():
    from dagster._core.errors import DagsterExecutionInterruptedError as Interrupted

    error = {"message": f"{Interrupted.__module__}.{Interrupted.__name__}\n", "causes": []}
    event = {"eventType": "STEP_FAILURE", "stepKey": "model", "error": error}
    assert failure_from([event]) == "Dagster was stopped while this ran. Run it again."


def test_bookkeeping_is_left_out(real, dagster_schema):
    assert set(dagster_schema.type_map["DagsterEventType"].values) >= NOISE
    assert {event["eventType"] for event in real.events if event["eventType"] in NOISE}
    assert not any("Loaded input" in line.message for line in log_lines_from(real.events))


def test_a_queued_run_has_no_times_no_config_and_no_steps():
    run = run_from(RUN)
    assert (run.phase, run.started, run.ended, run.parameters) == (RunPhase.WAITING, None, None, {})
    assert tasks_from(RUN) == []
    assert materializations_from(RUN) == []
    assert log_lines_from([]) == []


def test_steps_wait_until_the_run_is_over():
    waiting = tasks_from(RUN | {"executionPlan": PLAN})
    assert [(task.id, task.state, task.phase, task.upstream) for task in waiting] == [
        ("a", "WAITING", RunPhase.WAITING, ()),
        ("b", "WAITING", RunPhase.WAITING, ("a",)),
    ]
    cancelled = tasks_from(RUN | {"executionPlan": PLAN, "status": "CANCELED"})
    assert {(task.state, task.phase) for task in cancelled} == {("NOT RUN", RunPhase.CANCELLED)}


def test_a_step_that_runs_has_one_open_attempt():
    (a, b) = tasks_from(RUN | {"status": "STARTED", "executionPlan": PLAN, "stepStats": [STATS]})
    assert (a.phase, b.phase) == (RunPhase.RUNNING, RunPhase.WAITING)
    (attempt,) = a.attempts
    assert (attempt.started, attempt.ended) == (datetime.fromtimestamp(2, UTC), None)


def test_a_step_that_was_only_announced_waits():
    (task,) = tasks_from(RUN | {"stepStats": [STATS | {"status": None, "startTime": None}]})
    assert (task.state, task.phase, task.attempts) == ("WAITING", RunPhase.WAITING, ())


def test_an_event_without_a_time_is_no_log_line():
    assert log_lines_from([{"__typename": "SomeLaterEvent"}]) == []
    assert time_from(None) is None
