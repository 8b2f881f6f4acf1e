"""Ask a service something that it can only answer when it really works; the easy questions lie.

MLflow's `/health` does not ask its database, Dagster's `/health` is its web page, and both Prefect and
Dagster go on calling a dead worker or daemon healthy: those are judged by the age of their last heartbeat.
A probe returns what it saw in words and raises `Unwell` with the reason, or the HTTP client's own error.
Only the standard library is imported: the health checks of the containers ask the same (`container_health.py`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote

from app.engine.orchestrators.prefect.heartbeat import STALE_HEARTBEAT_SECONDS

DAEMON_SILENCE_SECONDS = 75
"""Two and a half heartbeats of Dagster's daemon, whose interval of 30 seconds cannot be changed."""

LOCATIONS = """{ workspaceOrError { __typename
  ... on Workspace { locationEntries { name loadStatus locationOrLoadError { __typename
    ... on RepositoryLocation { name } ... on PythonError { message } } } }
  ... on PythonError { message } } }"""
DAEMONS = """{ instance { daemonHealth { allDaemonStatuses {
  daemonType required healthy lastHeartbeatTime lastHeartbeatErrors { message } } } } }"""


class Unwell(Exception):
    """The service answered, but not as a service that works.

    Args:
        reason: what is wrong, without a full stop.
        repair: what to correct when neither waiting nor starting it again will help.
    """

    def __init__(self, reason: str, repair: str = "") -> None:
        self.repair = repair
        super().__init__(reason)


class NotYet(Unwell):
    """Something has not been seen of the service that comes by itself when it, or what it reports to, is new."""


class SomethingElse(Unwell):
    """Another program answers in the place of the one that was asked."""


class Response(Protocol):
    """An answer over HTTP, as httpx gives it."""

    @property
    def status_code(self) -> int:
        """The number that tells whether it went well."""

    @property
    def url(self) -> Any:
        """Where it came from."""

    def json(self) -> Any:
        """Read the body, or raise `ValueError`."""

    def raise_for_status(self) -> Any:
        """Raise an error unless all went well."""


class Http(Protocol):
    """The two calls that the probes make, as httpx's client has them."""

    def get(self, url: str) -> Response:
        """Get a page."""

    def post(self, url: str, *, json: Any) -> Response:
        """Post a question."""


class Addresses(Protocol):
    """Where the services are; the settings know it."""

    @property
    def work_pool(self) -> str:
        """Prefect's work pool."""

    @property
    def prefect_api_url(self) -> str:
        """Prefect's API."""

    def internal_url(self, service: str) -> str:
        """URL for the stack's own calls."""


@dataclass(frozen=True)
class Call:
    """What a probe needs."""

    http: Http
    settings: Addresses
    uptime: float = float("inf")
    """Seconds since the service's process was started, where that is known: an older heartbeat is not its own."""


def probe_mlflow(call: Call) -> str:
    """Search the experiments, which asks its database, too."""
    url = f"{call.settings.internal_url('mlflow')}/api/2.0/mlflow/experiments/search"
    response = call.http.post(url, json={"max_results": 1})
    if response.status_code == HTTPStatus.FORBIDDEN:
        repair = "Correct MLFLOW_INTERNAL_URL."
        raise Unwell("it refuses the host name by which it is asked", repair)
    _checked(response)
    return "Answers."


def probe_prefect(call: Call) -> str:
    """Ask whether the server and its database are ready."""
    _checked(call.http.get(f"{call.settings.prefect_api_url}/ready"))
    return "Answers."


def probe_worker(call: Call) -> str:
    """Find a worker that has polled lately."""
    pool = call.settings.work_pool
    response = call.http.post(
        f"{call.settings.prefect_api_url}/work_pools/{quote(pool, safe='')}/workers/filter", json={}
    )
    if response.status_code == HTTPStatus.NOT_FOUND:
        raise Unwell(f"Prefect has no work pool {pool}")
    heartbeats = [worker["last_heartbeat_time"] for worker in _checked(response) if worker["last_heartbeat_time"]]
    ages = [_age(datetime.fromisoformat(heartbeat)) for heartbeat in heartbeats]
    if not ages:
        raise NotYet(f"no worker has polled the pool {pool} yet")
    if min(ages) > min(STALE_HEARTBEAT_SECONDS, call.uptime):
        raise NotYet(f"no worker has polled the pool {pool} for {min(ages):.0f} s")
    return f"Polls the pool {pool}."


def probe_dagster(call: Call) -> str:
    """Ask the webserver for its code locations: each must have loaded."""
    _checked(call.http.get(f"{call.settings.internal_url('dagster')}/server_info"))
    workspace = _graphql(call, LOCATIONS)["workspaceOrError"]
    if workspace["__typename"] != "Workspace":
        raise Unwell(_gist(workspace["message"]))
    entries = workspace["locationEntries"]
    for entry in entries:
        loaded = entry["locationOrLoadError"]
        if loaded is None:
            raise NotYet(f"the code location {entry['name']} is still loading")
        if loaded["__typename"] == "PythonError":
            if "DagsterUserCodeUnreachableError" in loaded["message"]:
                raise NotYet(f"the code server of {entry['name']} does not answer yet")
            problem = f"the code location {entry['name']} does not load: {_gist(loaded['message'])}"
            raise Unwell(problem, "Correct the code, then reload the location.")
    if not entries:
        raise Unwell("it knows no code location")
    return f"Answers; the code location {', '.join(entry['name'] for entry in entries)} is loaded."


def probe_daemon(call: Call) -> str:
    """Look at the age of each required daemon's last heartbeat."""
    statuses = _graphql(call, DAEMONS)["instance"]["daemonHealth"]["allDaemonStatuses"]
    for status in (status for status in statuses if status["required"]):
        name = status["daemonType"].lower().replace("_", " ")
        if status["lastHeartbeatTime"] is None:
            raise NotYet(f"the {name} daemon has not started yet")
        age = _age(datetime.fromtimestamp(status["lastHeartbeatTime"], UTC))
        if age > min(DAEMON_SILENCE_SECONDS, call.uptime):
            raise NotYet(f"the {name} daemon has given no sign for {age:.0f} s")
        if status["lastHeartbeatErrors"]:
            raise Unwell(f"the {name} daemon reports: {_gist(status['lastHeartbeatErrors'][0]['message'])}")
    return "Runs schedules and sensors."


def probe_unreliable_api(call: Call) -> str:
    """Ask the service that fails on purpose for the one answer that never does."""
    url = call.settings.internal_url("unreliable_api")
    if _checked(call.http.get(f"{url}/health")) != {"service": "unreliable-api", "status": "ok"}:
        raise Unwell("something else answers in its place")
    return "Answers."


def probe_panel(call: Call) -> str:
    """Ask Streamlit whether it serves."""
    response = call.http.get(f"{call.settings.internal_url('panel')}/_stcore/health")
    response.raise_for_status()
    return "Answers."


def _graphql(call: Call, query: str) -> Any:
    answer = _checked(call.http.post(f"{call.settings.internal_url('dagster')}/graphql", json={"query": query}))
    if "errors" in answer:
        raise Unwell(_gist(answer["errors"][0]["message"]))
    return answer["data"]


def _checked(response: Response) -> Any:
    """Read the JSON of a good answer; a foreign server on the port answers something else."""
    response.raise_for_status()
    try:
        return response.json()
    except ValueError as error:
        raise SomethingElse("something else answers in its place") from error


def _gist(message: str) -> str:
    """Take the first sentence of a traceback's last line."""
    lines = message.strip().splitlines() or ["no reason given"]
    return lines[-1].split(". ")[0].rstrip(".")[:300]


def _age(moment: datetime) -> float:
    return (datetime.now(UTC) - moment).total_seconds()
