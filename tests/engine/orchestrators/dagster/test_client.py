"""What a click becomes before it is sent to Dagster, and that it becomes one run only."""

import json
from dataclasses import replace

import pytest

from app.engine.errors import (
    CodeDoesNotLoad,
    InvalidParameters,
    NotFound,
    NotRegistered,
    ServiceBusy,
    ServiceDown,
    ServiceRefused,
)
from app.engine.orchestrators import transport
from app.engine.orchestrators.dagster import queries as dagster_queries
from app.engine.orchestrators.dagster.client import LAUNCH_TRIES, Dagster
from tests.engine.http_service import http_service
from tests.engine.triggers import CONFIG, JOB, JOB_CLICK, TAGS

RUN = {"runId": "r1", "jobName": "churn_job", "status": "STARTED", "creationTime": 1.0, "startTime": None}
RUN |= {"endTime": None, "runConfig": {}, "tags": []}
NO_RUN = (200, {"data": {"runsOrError": {"__typename": "Runs", "results": []}}})
ONE_RUN = (200, {"data": {"runsOrError": {"__typename": "Runs", "results": [RUN]}}})
LAUNCHED = (200, {"data": {"launchRun": {"__typename": "LaunchRunSuccess", "run": {"runId": "r1"}}}})
LOADED = {"workspaceLocationEntryOrError": {"locationOrLoadError": {"__typename": "RepositoryLocation"}}}


@pytest.fixture
def service():
    with http_service() as service:
        yield service


@pytest.fixture
def dagster(service, monkeypatch):
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 2.0)
    return Dagster(service.url, "http://public:3000")


def answer(**data):
    return (200, {"data": data})


def test_the_request_launches_a_run_of_the_job(dagster, service):
    request = dagster.build_request(JOB_CLICK)
    assert (request.method, request.url) == ("POST", f"{service.url}/graphql")
    assert request.public_url == "http://public:3000/graphql"
    assert request.body["query"] == dagster_queries.LAUNCH_RUN
    params = request.body["variables"]["params"]
    assert params["selector"] == {
        "repositoryName": "__repository__",
        "repositoryLocationName": "workshop",
        "jobName": "churn_job",
    }
    assert params["runConfigData"] == {"ops": {"model": {"config": {"trees": 20}}}}


def test_the_run_is_tagged_with_whose_click_it_is_and_which_code(dagster):
    tags = dagster.build_request(JOB_CLICK).body["variables"]["params"]["executionMetadata"]["tags"]
    assert {tag["key"]: tag["value"] for tag in tags} == TAGS | {"workshop/step": "assets"}


@pytest.mark.parametrize(
    ("parameters", "problems"),
    [
        ({"model": {"trees": 501}}, {"model.trees": "501 is too large; the most is 500."}),
        ({"modle": {"trees": 20}}, {"modle": "this job has no such op."}),
        (
            {"model": {"share": 0}, "report": {"note": 1}},
            {"model.share": "0 is too small; it must be more than 0.", "report.note": "1 is not of type string."},
        ),
    ],
)
def test_bounds_that_dagster_does_not_know_are_held_and_nothing_is_sent(dagster, service, parameters, problems):
    with pytest.raises(InvalidParameters) as caught:
        dagster.trigger(replace(JOB_CLICK, parameters=parameters))
    assert caught.value.problems == problems
    assert service.asked == []


def test_a_click_asks_for_its_run_before_it_launches(dagster, service):
    service.answers = [NO_RUN, LAUNCHED]
    assert dagster.trigger(JOB_CLICK) == "r1"
    asked, launched = (body for _, _, body in service.asked)
    tags = {tag["key"]: tag["value"] for tag in asked["variables"]["filter"]["tags"]}
    assert tags == {"workshop/click": "c1", "workshop/learner": "ada"}
    assert launched == dagster.build_request(JOB_CLICK).body


def test_the_same_click_again_is_the_run_that_is_there(dagster, service):
    service.answers = [ONE_RUN]
    assert dagster.trigger(JOB_CLICK) == "r1"
    assert len(service.asked) == 1


def test_after_a_time_out_it_is_asked_again_before_a_second_launch(dagster, service):
    service.answers = [NO_RUN, 4.0, ONE_RUN]
    assert dagster.trigger(JOB_CLICK) == "r1"
    assert len(service.asked) == 3


def test_a_launch_that_never_arrives_is_given_up_as_a_service_down(dagster, service):
    service.answers = [NO_RUN, (503, {}), NO_RUN, (503, {}), NO_RUN, (503, {})]
    with pytest.raises(ServiceDown):
        dagster.trigger(JOB_CLICK)
    launches = [body for _method, _path, body in service.asked if "launchRun" in body["query"]]
    assert 1 <= len(launches) <= LAUNCH_TRIES


@pytest.mark.parametrize(
    ("refusal", "error", "words"),
    [
        ({"__typename": "RunConfigValidationInvalid", "errors": [{"message": "No."}]}, InvalidParameters, "No."),
        ({"__typename": "PythonError", "message": "Boom"}, ServiceRefused, "Dagster refused: Boom"),
        ({"__typename": "InvalidStepError"}, ServiceRefused, "Dagster refused: InvalidStepError"),
    ],
)
def test_a_refused_launch_says_why(dagster, service, refusal, error, words):
    service.answers = [NO_RUN, answer(launchRun=refusal)]
    with pytest.raises(error, match=words):
        dagster.trigger(JOB_CLICK)


def test_a_code_server_that_is_gone_is_asked_again_and_not_called_broken_code(dagster, service):
    message = "dagster._core.errors.DagsterUserCodeUnreachableError: Could not reach user code server.\n"
    gone = {"locationOrLoadError": {"__typename": "PythonError", "message": message}}
    service.answers = [answer(workspaceLocationEntryOrError=gone)]
    with pytest.raises(ServiceBusy, match=r"Dagster is slow to answer .* \(its code server does not answer yet\)"):
        dagster.target("churn_job")


def test_a_job_is_read_with_the_schemas_of_its_ops(dagster, service):
    schema = {"label": "config_schema", "jsonString": json.dumps({"model": CONFIG})}
    schedule = {"id": "s", "name": "daily", "cronSchedule": "0 6 * * *", "scheduleState": {"status": "RUNNING"}}
    job = {"__typename": "Pipeline", "id": "j-1", "metadataEntries": [{"label": "owner"}, schema]}
    job |= {"schedules": [schedule]}
    service.answers = [answer(**LOADED), answer(pipelineOrError=job)]
    target = dagster.target("churn_job")
    assert (target.orchestrator, target.name, target.id) == ("dagster", "churn_job", "j-1")
    assert target.schema == {"type": "object", "properties": {"model": CONFIG}, "additionalProperties": False}
    assert [(each.id, each.words, each.is_active) for each in target.schedules] == [("daily", "0 6 * * *", True)]


def test_a_job_that_only_stands_for_a_missing_one_tells_why(dagster, service):
    why = {"label": "problem", "jsonString": json.dumps("The step reports does not load in Dagster.")}
    job = {"__typename": "Pipeline", "id": "j-1", "metadataEntries": [why], "schedules": []}
    service.answers = [answer(**LOADED), answer(pipelineOrError=job)]
    with pytest.raises(CodeDoesNotLoad, match=r"^The step reports does not load in Dagster\.$"):
        dagster.target("reports__report_job")


@pytest.mark.parametrize("entry", [None, {"locationOrLoadError": None, "__typename": "PythonError", "message": "no"}])
def test_a_location_that_is_not_there_or_does_not_load_is_said(dagster, service, entry):
    service.answers = [answer(workspaceLocationEntryOrError=entry)]
    with pytest.raises(NotRegistered if entry is None else CodeDoesNotLoad, match="Dagster"):
        dagster.target("churn_job")


def test_broken_code_is_shown_with_the_loaders_own_words(dagster, service):
    broken = {"locationOrLoadError": {"__typename": "PythonError", "message": "SyntaxError: line 3\n"}}
    service.answers = [answer(workspaceLocationEntryOrError=broken)]
    with pytest.raises(CodeDoesNotLoad, match=r"could not load workshop/dagster: SyntaxError: line 3$"):
        dagster.target("churn_job")


def test_what_dagster_does_not_know_is_named(dagster, service):
    missing = {"__typename": "PipelineNotFoundError", "message": "?"}
    service.answers = [answer(**LOADED), answer(pipelineOrError=missing)]
    with pytest.raises(NotRegistered, match="Dagster has no job nightly"):
        dagster.target("nightly")
    service.answers = [answer(runOrError={"__typename": "RunNotFoundError", "message": "?"})]
    with pytest.raises(NotFound, match="Dagster has no run r9"):
        dagster.run("r9")


def test_an_error_of_graphql_itself_is_a_refusal(dagster, service):
    service.answers = [(200, {"errors": [{"message": "Unknown argument"}], "data": None})]
    with pytest.raises(ServiceRefused, match="Dagster refused: Unknown argument"):
        dagster.runs({})


def test_nothing_more_is_needed_to_run_and_a_run_has_its_page(dagster):
    assert dagster.blockers(JOB) == []
    assert dagster.run_url("r1") == "http://public:3000/runs/r1"
