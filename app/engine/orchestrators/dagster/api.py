"""Ask Dagster's webserver in GraphQL, and tell its refusals from its answers."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from app.engine.errors import CodeDoesNotLoad, NotFound, NotRegistered, ServiceBusy, ServiceRefused
from app.engine.orchestrators.contract import MOST_LOG_LINES, ApiRequest
from app.engine.orchestrators.dagster import queries
from app.engine.orchestrators.transport import SEND_RETRY_SECONDS, Transport

LOCATION = "workshop"
PATH = "/graphql"
PAGE = 200
LOG_PAGE = 500
Json = dict[str, Any]


class DagsterApi:
    """A Dagster webserver's GraphQL API.

    Args:
        internal_url: where the panel reaches it.
        public_url: where a browser opens it.
    """

    def __init__(self, internal_url: str, public_url: str) -> None:
        self._http = Transport("Dagster", internal_url, public_url)
        self.base_url = self._http.base_url
        self.public_url = public_url

    def ask(self, query: str, field: str, variables: Mapping[str, Any]) -> Any:
        """Send a question that is safe to send twice, and return one field of the answer."""
        return _data(self._http.post(PATH, {"query": query, "variables": variables}, SEND_RETRY_SECONDS / 5))[field]

    def send_once(self, request: ApiRequest) -> Json:
        """Send a request a single time: Dagster would do it again."""
        return _data(self._http.post(request.path, request.body, retry_seconds=0))

    def run(self, run_id: str) -> Json:
        """Read a run with its steps.

        Raises:
            NotFound: no such run.
        """
        answer = self.ask(queries.RUN, "runOrError", {"runId": run_id})
        if answer["__typename"] == "RunNotFoundError":
            raise NotFound("Dagster has no run {run_id}.", run_id=run_id)
        return expect(answer, "Run")

    def runs(self, wanted: Json, limit: int = PAGE) -> list[Json]:
        """List the runs that a filter keeps, newest first."""
        answer = self.ask(queries.RUNS, "runsOrError", {"filter": wanted, "limit": limit})
        results: list[Json] = expect(answer, "Runs")["results"]
        return results

    def events(self, run_id: str) -> Sequence[Json]:
        """Read the last events of a run, oldest first."""
        events: deque[Json] = deque(maxlen=MOST_LOG_LINES)
        after: str | None = None
        has_more = True
        while has_more:
            variables = {"runId": run_id, "after": after, "limit": LOG_PAGE}
            page = expect(self.ask(queries.LOGS, "logsForRun", variables), "EventConnection")
            events += page["events"]
            after, has_more = page["cursor"], page["hasMore"]
        return events

    def raise_unless_loaded(self) -> None:
        """Say why the code location cannot be asked for its jobs, if it cannot.

        Raises:
            NotRegistered: there is no such location, or it is still loading.
            ServiceBusy: its code server does not answer yet.
            CodeDoesNotLoad: the code could not be loaded; the message is the loader's own.
        """
        entry = self.ask(queries.LOCATION, "workspaceLocationEntryOrError", {"name": LOCATION})
        # a location whose code is broken is LOADED with an error inside
        location = (entry or {}).get("locationOrLoadError") or entry
        if not location:
            raise NotRegistered(
                "Dagster has no code location {location}, or is still loading it. Try again shortly.", location=LOCATION
            )
        if location["__typename"] == "PythonError":
            if "DagsterUserCodeUnreachableError" in location["message"]:
                raise ServiceBusy("Dagster", self.public_url, "its code server does not answer yet")
            raise CodeDoesNotLoad(
                "Dagster could not load workshop/dagster: {message}", message=location["message"].strip()
            )


def expect(answer: Json, typename: str) -> Json:
    """Return an answer of this type.

    Raises:
        ServiceRefused: it is of another type, which Dagster uses for its errors.
    """
    if answer["__typename"] != typename:
        raise ServiceRefused("Dagster", str(answer.get("message") or answer["__typename"]))
    return answer


def _data(answer: Json) -> Json:
    if answer.get("errors"):
        raise ServiceRefused("Dagster", str(answer["errors"][0]["message"]))
    data: Json = answer["data"]
    return data
