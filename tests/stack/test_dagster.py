"""The Dagster client on a real webserver: bad config, unknown names, cancelling."""

from contextlib import suppress

import httpx
import psutil
import pytest

from app.engine.errors import InvalidParameters, NotFound, NotRegistered
from app.engine.stack.health import check_services
from app.engine.stack.local.supervisor import StackControl
from tests.polling import RUN_SECONDS, wait_for_end, wait_until
from tests.stack.conftest import JOB, click_on
from workshop.facts import RunPhase
from workshop.naming import LEARNER_TAG


def location_loaded_at(stack) -> float:
    """When the webserver last loaded the code; 0 while it cannot."""
    query = """{ workspaceLocationEntryOrError(name: "workshop") { ... on WorkspaceLocationEntry {
      updatedTimestamp locationOrLoadError { __typename } } } }"""
    answer = httpx.post(f"{stack.internal_url('dagster')}/graphql", json={"query": query}, timeout=30)
    entry = answer.json()["data"]["workspaceLocationEntryOrError"]
    loads = (entry["locationOrLoadError"] or {}).get("__typename") == "RepositoryLocation"
    return entry["updatedTimestamp"] if loads else 0.0


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"model": {"max_depth": 1000}}, "model.max_depth: 1000 is too large; the most is 20"),
        ({"model": {"seed": "lucky"}}, "model.seed: 'lucky' is not of type integer"),
        ({"raw_customers": {"dataset": "imaginary"}}, "not one of sample, cdnow"),
        ({"no_such_op": {}}, "this job has no such op"),
    ],
)
def test_nothing_is_sent_with_bad_config(dagster, learner, config, problem):
    with pytest.raises(InvalidParameters, match=problem):
        dagster.trigger(click_on(dagster.target(JOB), learner, config))
    assert dagster.runs({LEARNER_TAG: learner}) == []


def test_a_job_that_does_not_exist_is_named(dagster):
    with pytest.raises(NotRegistered, match="Dagster has no job no_such_job"):
        dagster.target("no_such_job")


def test_an_unknown_run_is_named(dagster):
    with pytest.raises(NotFound, match="has no run 00000000"):
        dagster.run("00000000-0000-0000-0000-000000000000")


def processes_of_runs(stack) -> set[psutil.Process]:
    """The processes in which the code server executes runs, and which have not ended."""
    server = psutil.Process(StackControl(stack).programs()["dagster-code"].pid)
    return {each for each in server.children(recursive=True) if executes_a_run(each)}


def executes_a_run(process: psutil.Process) -> bool:
    try:
        return not any("resource_tracker" in word for word in process.cmdline())
    except psutil.Error:  # it has ended; one that nobody has waited for yet is a zombie
        return False


def test_a_run_that_is_only_starting_can_be_cancelled_and_its_process_ends(stack, dagster, learner):
    before = processes_of_runs(stack)
    run_id = dagster.trigger(click_on(dagster.target(JOB), learner, {}))
    wait_until(lambda: processes_of_runs(stack) - before, RUN_SECONDS, "the run has a process")
    assert [run.id for run in dagster.runs({LEARNER_TAG: learner}, target=JOB)] == [run_id]
    assert dagster.runs({LEARNER_TAG: learner}, target="another_job") == []
    dagster.cancel(run_id)
    assert wait_for_end(dagster, run_id).phase is RunPhase.CANCELLED
    wait_until(lambda: not processes_of_runs(stack) - before, 60, "the process of the run has ended")
    assert ("predictions",) not in {each.asset_key for each in dagster.materializations(run_id)}


def test_a_run_whose_process_is_gone_can_be_cancelled(stack, dagster, learner):
    run_id = dagster.trigger(click_on(dagster.target(JOB), learner, {}))
    wait_until(lambda: any(step.started for step in dagster.tasks(run_id)), RUN_SECONDS, "its first step has begun")
    loaded = location_loaded_at(stack)
    server = psutil.Process(StackControl(stack).programs()["dagster-code"].pid)
    for process in (server, *server.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # it has ended with its parent
            process.kill()  # the server first: it would report the end of its runs
    dagster.cancel(run_id)
    assert wait_for_end(dagster, run_id).phase is RunPhase.CANCELLED
    wait_until(lambda: location_loaded_at(stack) > loaded, 120, "Dagster has loaded the code from the new server")
    wait_until(lambda: all(each.is_healthy for each in check_services(stack)), 120, "all is well again")
