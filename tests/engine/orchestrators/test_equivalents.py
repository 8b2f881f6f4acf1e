"""What a page prints beside the button does what the button does: it is read by a shell, by Python and by the tools."""

import ast
import inspect
import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from app.engine.orchestrators.dagster.client import Dagster
from app.engine.orchestrators.equivalents import as_curl
from app.engine.orchestrators.prefect.client import Prefect
from app.engine.orchestrators.registry import TOOLS
from tests.engine.triggers import CONFIG, FLOW_CLICK, JOB_CLICK

NASTY = """it's "quoted" $HOME `id` \\ \n é ! %"""
SCHEMA = CONFIG | {"properties": CONFIG["properties"] | {"flag": {"type": "boolean"}, "nothing": {"type": "null"}}}
VALUES = {"trees": 20, "note": NASTY, "flag": True, "nothing": None}
FLOW = replace(FLOW_CLICK.target, schema=SCHEMA)
JOB = replace(JOB_CLICK.target, schema={"type": "object", "properties": {"model": SCHEMA}})
CLICKS = [
    replace(FLOW_CLICK, target=FLOW, parameters=VALUES, workspace=Path("/data/ada's work")),
    replace(JOB_CLICK, target=JOB, parameters={"model": VALUES}),
]
each_tool = pytest.mark.parametrize("click", CLICKS, ids=["prefect", "dagster"])


def build(click, public_url=None):
    if click.target.orchestrator == "prefect":
        return Prefect("http://prefect:4200", public_url or "http://localhost:4200", "workshop").build_request(click)
    return Dagster("http://dagster:3000", public_url or "http://localhost:3000").build_request(click)


def written(click, language, public_url=None):
    """What the tool writes for a click in a language, beside curl."""
    request = build(click, public_url)
    equivalents = TOOLS[click.target.orchestrator].equivalents(request, click.target)
    (text,) = [equivalent.text for equivalent in equivalents if equivalent.language == language]
    return text


@pytest.fixture
def shell(tmp_path):
    """Let a real shell read a command line; tell what program it would start with which words."""
    for program in ("curl", "prefect", "dagster-graphql"):
        script = tmp_path / program
        script.write_text(f'#!/bin/sh\nprintf "%s\\0" "$PREFECT_API_URL" {program} "$@"\n')
        script.chmod(0o755)

    def read(text: str) -> list[str]:
        environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(["sh", "-c", text], env=environment, capture_output=True, text=True, check=True)
        return done.stdout.split("\0")[:-1]

    return read


def call_in(text: str, function: str):
    """Find the call of a function in Python text; its arguments and keywords as values."""
    (call,) = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == function
    ]
    keywords = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
    return [ast.literal_eval(argument) for argument in call.args], keywords


@each_tool
def test_curl_sends_the_very_request_to_the_public_url(click, shell):
    request = build(click)
    _, program, *words = shell(as_curl(request))
    assert (program, words[:2]) == ("curl", ["-X", "POST"])
    assert words[2] == request.public_url
    assert words[3:6] == ["-H", "Content-Type: application/json", "-d"]
    assert json.loads(words[6]) == request.body
    assert len(words) == 7


def test_prefects_python_creates_the_same_flow_run():
    from prefect.deployments import run_deployment

    request = build(CLICKS[0])
    text = written(CLICKS[0], "python")
    arguments, keywords = call_in(text, "run_deployment")
    inspect.signature(run_deployment).bind(*arguments, **keywords)
    assert arguments == [FLOW.name]
    assert keywords == request.body | {"timeout": 0, "as_subflow": False}
    assert "PREFECT_API_URL=http://localhost:4200/api" in text


def test_prefects_command_creates_the_same_flow_run(shell):
    from prefect.cli.deployment import deployment_app

    request = build(CLICKS[0])
    api_url, program, command, *words = shell(written(CLICKS[0], "bash"))
    assert (api_url, program, command) == ("http://localhost:4200/api", "prefect", "deployment")
    _, bound, _ = deployment_app.parse_args(words, exit_on_error=False)
    assert bound.arguments["name"] == FLOW.name
    assert json.loads(bound.arguments["multiparams"]) == request.body["parameters"]
    assert bound.arguments["tags"] == request.body["tags"]
    given = dict(value.split("=", 1) for value in bound.arguments["job_variables"])
    assert given == request.body["job_variables"]


def test_dagsters_python_launches_the_same_run():
    from dagster_graphql import DagsterGraphQLClient

    request = build(CLICKS[1])
    params = request.body["variables"]["params"]
    text = written(CLICKS[1], "python")
    arguments, keywords = call_in(text, "submit_job_execution")
    inspect.signature(DagsterGraphQLClient.submit_job_execution).bind(None, *arguments, **keywords)
    assert arguments == [params["selector"]["jobName"]]
    assert keywords.pop("tags") == {tag["key"]: tag["value"] for tag in params["executionMetadata"]["tags"]}
    assert keywords == {
        "run_config": params["runConfigData"],
        "repository_name": params["selector"]["repositoryName"],
        "repository_location_name": params["selector"]["repositoryLocationName"],
    }


@pytest.mark.parametrize(
    "url", ["http://localhost:3000", "https://dagster.example.org", "http://example.org:80/class/dagster"]
)
def test_dagsters_python_goes_to_the_public_url(url):
    from dagster_graphql import DagsterGraphQLClient

    arguments, keywords = call_in(written(CLICKS[1], "python", url), "DagsterGraphQLClient")
    client = DagsterGraphQLClient(*arguments, **keywords)
    assert client._client.transport.url == f"{url}/graphql"


def test_dagsters_command_launches_the_same_run(shell):
    from dagster_graphql.cli import ui

    request = build(CLICKS[1])
    _, program, *words = shell(written(CLICKS[1], "bash"))
    assert program == "dagster-graphql"
    options = ui.make_context(program, words).params
    assert options["remote"] == "http://localhost:3000"
    assert options["predefined"] == "launchPipelineExecution"
    assert json.loads(options["variables"]) == {"executionParams": request.body["variables"]["params"]}
