"""What does the same as a request to Dagster: in Python, and in Dagster's own command line."""

import json
import shlex
from urllib.parse import urlsplit

from app.engine.orchestrators.contract import ApiRequest
from app.engine.orchestrators.equivalents import call, literal


def as_python(request: ApiRequest) -> str:
    """Write the equivalent call of Dagster's Python client."""
    params = request.body["variables"]["params"]
    tags = {tag["key"]: tag["value"] for tag in params["executionMetadata"]["tags"]}
    launch = call(
        "run_id = client.submit_job_execution",
        [
            repr(params["selector"]["jobName"]),
            f"repository_location_name={params['selector']['repositoryLocationName']!r}",
            f"repository_name={params['selector']['repositoryName']!r}",
            f"run_config={literal(params['runConfigData'])}",
            f"tags={literal(tags)}",
        ],
    )
    client = f"client = DagsterGraphQLClient({_address(request.public_base_url)})"
    return f"from dagster_graphql import DagsterGraphQLClient\n\n{client}\n{launch}\n"


def as_command(request: ApiRequest) -> str:
    """Write the equivalent command line."""
    variables = json.dumps({"executionParams": request.body["variables"]["params"]})
    return " \\\n  ".join(
        [
            f"dagster-graphql --remote {request.public_base_url}",
            "--predefined launchPipelineExecution",
            f"--variables {shlex.quote(variables)}",
        ]
    )


def _address(base_url: str) -> str:
    """Write the client's arguments that say where Dagster is."""
    url = urlsplit(base_url)
    where = [repr(url.hostname), f"port_number={url.port}"]
    where += ["use_https=True"] if url.scheme == "https" else []
    where += [f"path_prefix={url.path!r}"] if url.path else []
    return ", ".join(where)
