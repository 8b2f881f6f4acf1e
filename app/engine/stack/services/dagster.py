"""Dagster's webserver, and the code server that loads the workshop's code once for it and for the daemon."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.engine.stack.probes import TIMEOUT_SECONDS, Call, NotYet, Unwell, checked, gist
from app.engine.stack.service import Place, Program, Service

LOCATIONS = """{ workspaceOrError { __typename
  ... on Workspace { locationEntries { name loadStatus locationOrLoadError { __typename
    ... on RepositoryLocation { name } ... on PythonError { message } } } }
  ... on PythonError { message } } }"""
FILES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
CODE_SERVER = "localhost:4266"


def probe_dagster(call: Call) -> str:
    """Ask the webserver for its code locations: each must have loaded."""
    checked(call.http.get(f"{call.settings.internal_url('dagster')}/server_info"))
    workspace = ask_graphql(call, LOCATIONS)["workspaceOrError"]
    if workspace["__typename"] != "Workspace":
        raise Unwell(gist(workspace["message"]))
    entries = workspace["locationEntries"]
    for entry in entries:
        _check_location(entry)
    if not entries:
        raise Unwell("it knows no code location")
    return f"Answers; the code location {', '.join(entry['name'] for entry in entries)} is loaded."


def _check_location(entry: Mapping[str, Any]) -> None:
    """Raise `Unwell` unless a code location has loaded."""
    loaded = entry["locationOrLoadError"]
    if loaded is None:
        raise NotYet("the code location {name} is still loading", name=entry["name"])
    if loaded["__typename"] == "PythonError":
        if "DagsterUserCodeUnreachableError" in loaded["message"]:
            raise NotYet("the code server of {name} does not answer yet", name=entry["name"])
        raise Unwell(
            "the code location {name} does not load: {reason}",
            "Correct the code, then reload the location.",
            name=entry["name"],
            reason=gist(loaded["message"]),
        )


def ask_graphql(call: Call, query: str) -> Any:
    """Ask Dagster's webserver, and return the data that it answers."""
    answer = checked(call.http.post(f"{call.settings.internal_url('dagster')}/graphql", json={"query": query}))
    if "errors" in answer:
        raise Unwell(gist(answer["errors"][0]["message"]))
    return answer["data"]


def probe_code_server(_: Call) -> str:
    """Ask the code server in this container as the webserver does, which tells whether the code loads."""
    import grpc
    from grpc_health.v1 import health_pb2, health_pb2_grpc

    with grpc.insecure_channel(CODE_SERVER) as channel:
        question = health_pb2.HealthCheckRequest(service="DagsterApi")
        answer = health_pb2_grpc.HealthStub(channel).Check(question, timeout=TIMEOUT_SECONDS)
    if answer.status != health_pb2.HealthCheckResponse.SERVING:
        raise Unwell("it does not serve")
    return "Serves."


def stores(variables: Mapping[str, str]) -> list[Path]:
    """Name the SQLite files that Dagster's programs share."""
    return [Path(variables["DAGSTER_HOME"]) / name for name in FILES] if "DAGSTER_HOME" in variables else []


def local_variables(place: Place) -> dict[str, str]:
    """Say where it stores, and where its programs find the code server."""
    return {
        "DAGSTER_HOME": str(place.data / "dagster"),
        "DAGSTER_CODE_SOCKET": str(place.sockets / "dagster.sock"),
    }


SERVICE = Service(
    order=40,
    id="dagster",
    title="Dagster",
    purpose="Knows the assets and jobs of the code location, and runs them.",
    probe=probe_dagster,
    port=3000,
    port_meaning="Port of the Dagster webserver.",
    url_meaning="URL at which the panel reaches Dagster, and at which a browser opens it.",
    exposure="they can start, cancel and restart",
    starts=(
        Program(
            "dagster-code",
            container="dagster-code",
            image="dagster",
            memory="1536m",
            purpose="Loads the assets and executes their runs.",
            arguments=(
                *("-m", "app.engine.stack.programs.dagster_code", "--location-name", "workshop"),
                *("--module-name", "workshop.dagster.definitions", "--working-directory", "{WORKSPACE}"),
                *("--use-python-environment-entry-point", "--log-format", "rich"),
            ),
            local_arguments=("--socket", "{DAGSTER_CODE_SOCKET}"),
            compose_arguments=("--host", "0.0.0.0", "--port", "4266"),  # noqa: S104
            store="/var/lib/dagster",
            profile="dagster",
            waits_for=("init", "mlflow"),
            probe=probe_code_server,
        ),
        Program(
            "dagster-webserver",
            container="dagster-webserver",
            image="dagster",
            memory="512m",
            purpose="Knows assets, jobs and runs.",
            arguments=(
                *("-m", "app.engine.stack.programs.dagster_webserver"),
                *("--host", "{BIND_ADDRESS}", "--port", "{DAGSTER_PORT}"),
            ),
            local_arguments=("--workspace", "{STACK_ROOT}/compose/local/workspace.yaml"),
            compose_arguments=("--workspace", "compose/workspace.yaml"),
            store="/var/lib/dagster",
            profile="dagster",
            waits_for=("dagster-code",),
        ),
    ),
    carries=("dagster",),
    state_folder="dagster",
    state_files={"dagster.yaml": "compose/dagster.yaml"},
    stores=stores,
    local_variables=local_variables,
)
