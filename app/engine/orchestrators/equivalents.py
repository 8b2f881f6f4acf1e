"""The request that a button sends, as curl; and what does the same in Python and in the tool's own command line."""

import json
import shlex
from pprint import pformat
from typing import Any
from urllib.parse import urlsplit

from app.engine.orchestrators.contract import ApiRequest, Target


def as_curl(request: ApiRequest) -> str:
    """Write the request itself, with the public URL."""
    body = json.dumps(request.body, indent=2, ensure_ascii=False)
    return "\n".join(
        [
            f"curl -X {request.method} {shlex.quote(request.public_url)} \\",
            "  -H 'Content-Type: application/json' \\",
            f"  -d {shlex.quote(body)}",
        ]
    )


def as_python(request: ApiRequest, target: Target) -> str:
    """Write the equivalent call of the tool's own Python client."""
    return _prefect_python(request, target) if target.orchestrator == "prefect" else _dagster_python(request)


def as_command(request: ApiRequest, target: Target) -> str:
    """Write the equivalent command line of the tool."""
    return _prefect_command(request, target) if target.orchestrator == "prefect" else _dagster_command(request)


def _call(function: str, arguments: list[str]) -> str:
    return "\n".join([f"{function}(", *(f"    {argument}," for argument in arguments), ")"])


def _literal(value: Any) -> str:
    return pformat(value, width=100, sort_dicts=False).replace("\n", "\n    ")


def _prefect_python(request: ApiRequest, target: Target) -> str:
    arguments = [repr(target.name)]
    arguments += [
        f"{name}={_literal(request.body[name])}" for name in ("parameters", "tags", "job_variables", "idempotency_key")
    ]
    call = _call("flow_run = run_deployment", [*arguments, "timeout=0", "as_subflow=False"])
    return (
        f"# PREFECT_API_URL={request.public_base_url}/api\nfrom prefect.deployments import run_deployment\n\n{call}\n"
    )


def _prefect_command(request: ApiRequest, target: Target) -> str:
    words = [f"--params {shlex.quote(json.dumps(request.body['parameters']))}"]
    words += [f"--tag {shlex.quote(tag)}" for tag in request.body["tags"]]
    words += [f"--job-variable {shlex.quote(f'{key}={value}')}" for key, value in request.body["job_variables"].items()]
    first = f"PREFECT_API_URL={request.public_base_url}/api prefect deployment run {shlex.quote(target.name)}"
    return " \\\n  ".join([first, *words])


def _dagster_python(request: ApiRequest) -> str:
    params = request.body["variables"]["params"]
    url = urlsplit(request.public_base_url)
    tags = {tag["key"]: tag["value"] for tag in params["executionMetadata"]["tags"]}
    call = _call(
        "run_id = client.submit_job_execution",
        [
            repr(params["selector"]["jobName"]),
            f"repository_location_name={params['selector']['repositoryLocationName']!r}",
            f"repository_name={params['selector']['repositoryName']!r}",
            f"run_config={_literal(params['runConfigData'])}",
            f"tags={_literal(tags)}",
        ],
    )
    where = [repr(url.hostname), f"port_number={url.port}"]
    where += ["use_https=True"] if url.scheme == "https" else []
    where += [f"path_prefix={url.path!r}"] if url.path else []
    client = f"client = DagsterGraphQLClient({', '.join(where)})"
    return f"from dagster_graphql import DagsterGraphQLClient\n\n{client}\n{call}\n"


def _dagster_command(request: ApiRequest) -> str:
    variables = json.dumps({"executionParams": request.body["variables"]["params"]})
    return " \\\n  ".join(
        [
            f"dagster-graphql --remote {request.public_base_url}",
            "--predefined launchPipelineExecution",
            f"--variables {shlex.quote(variables)}",
        ]
    )
