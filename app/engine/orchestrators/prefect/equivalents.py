"""What does the same as a request to Prefect: in Python, and in Prefect's own command line."""

import json
import shlex

from app.engine.orchestrators.contract import ApiRequest, Target
from app.engine.orchestrators.equivalents import call, literal

ARGUMENTS = ("parameters", "tags", "job_variables", "idempotency_key")
REPEATED = "The command line has no option for the idempotency key: repeated, it starts a second run."


def as_python(request: ApiRequest, target: Target) -> str:
    """Write the equivalent call of Prefect's Python client."""
    arguments = [repr(target.name), *(f"{name}={literal(request.body[name])}" for name in ARGUMENTS)]
    return (
        f"# PREFECT_API_URL={request.public_base_url}/api\n"
        "from prefect.deployments import run_deployment\n\n"
        f"{call('flow_run = run_deployment', [*arguments, 'timeout=0', 'as_subflow=False'])}\n"
    )


def as_command(request: ApiRequest, target: Target) -> str:
    """Write the equivalent command line."""
    words = [f"--params {shlex.quote(json.dumps(request.body['parameters']))}"]
    words += [f"--tag {shlex.quote(tag)}" for tag in request.body["tags"]]
    words += [f"--job-variable {shlex.quote(f'{key}={value}')}" for key, value in request.body["job_variables"].items()]
    first = f"PREFECT_API_URL={request.public_base_url}/api prefect deployment run {shlex.quote(target.name)}"
    return " \\\n  ".join([first, *words])
