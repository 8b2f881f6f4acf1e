"""What web pages elsewhere and clients of the stack ask of its services, and whether each may."""

import json
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from app.settings import Settings

ELSEWHERE = "http://evil.example"
OTHER_PORT = "http://127.0.0.1:8888"
JSON = "application/json"
VERSION = "{version}"
SERVICES = ("panel", "mlflow", "prefect", "dagster", "unreliable_api")
HEALTH = {
    "panel": "/_stcore/health",
    "mlflow": "/health",
    "prefect": "/api/health",
    "dagster": "/server_info",
    "unreliable_api": "/health",
}
SOCKETS = {
    "panel": ("/_stcore/stream", "streamlit"),
    "prefect": ("/api/events/out", "prefect"),
    "dagster": ("/graphql", "graphql-ws"),
}
OWN = "own"
"""In a header: the address at which the service is asked; `own-localhost` is the same by this machine's other name."""


@dataclass(frozen=True)
class Request:
    """One request."""

    name: str
    service: str
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    status: int = 403

    def send(self, settings: Settings) -> httpx.Response:
        url = settings.public_url(self.service)
        headers = {key: _filled(value, url) for key, value in self.headers.items()}
        return httpx.request(self.method, url + self.path, headers=headers, content=self.body, follow_redirects=True)


def _filled(value: str, url: str) -> str:
    return {OWN: url, "own-localhost": url.replace("127.0.0.1", "localhost")}.get(value, value)


def write(**headers: str) -> dict[str, str]:
    """Headers of a request that sends JSON."""
    return {"Content-Type": JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}


MUTATION = 'mutation{setConcurrencyLimit(concurrencyKey:"hostile",limit:1)}'
ASK = json.dumps({"query": VERSION})
CHANGES = {
    "mlflow": ("/api/2.0/mlflow/experiments/search", json.dumps({"max_results": 1})),
    "prefect": ("/api/flows/filter", "{}"),
    "dagster": ("/graphql", ASK),
}
"""A harmless POST of each service's own API."""

REFUSED = [
    *(Request("another name", name, "GET", HEALTH[name], {"Host": "evil.example"}) for name in SERVICES),
    *(Request("another name and the right port", name, "GET", "/", {"Host": "evil.example:80"}) for name in SERVICES),
    *(
        Request(f"a write by {origin}", name, "POST", path, write(Origin=origin), body)
        for name, (path, body) in CHANGES.items()
        for origin in (ELSEWHERE, OTHER_PORT, "http://localhost:8888", "null")
    ),
    *(
        Request("a write of unknown type by another page", name, "POST", path, {"Origin": ELSEWHERE}, body)
        for name, (path, body) in CHANGES.items()
    ),
    *(
        Request(f"{kind} of a page that is {site}", name, "GET", HEALTH[name], headers | {"Sec-Fetch-Site": site})
        for name in SERVICES
        for site in ("cross-site", "same-site")
        for kind, headers in (
            ("an image", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}),
            ("a frame", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}),
        )
    ),
    Request("an automation", "prefect", "POST", "/api/automations/", {"Origin": ELSEWHERE}, "{}"),
    Request("the dial", "unreliable_api", "PUT", "/me/dial", write(Origin=ELSEWHERE), "{}"),
    Request("GraphQL by GET", "dagster", "GET", f"/graphql?query={VERSION}"),
    Request("GraphQL by GET, spelled otherwise", "dagster", "GET", f"/graphql?qu%65ry={quote(MUTATION)}"),
    Request("GraphQL by a slash more", "dagster", "GET", f"/graphql/?query={VERSION}"),
    Request("GraphQL in the address of a POST", "dagster", "POST", f"/graphql?query={VERSION}", {"Content-Type": JSON}),
    Request("GraphQL by a link", "dagster", "GET", f"/graphql?query={VERSION}", {"Sec-Fetch-Mode": "navigate"}),
    *(
        Request(f"GraphQL as {kind}", "dagster", "POST", "/graphql", {"Content-Type": kind}, ASK)
        for kind in ("text/plain;a=application/json", "text/plain", "application/graphql", "application/jsonp")
    ),
    Request(
        "GraphQL by a form that navigates",
        "dagster",
        "POST",
        f"/graphql?query={VERSION}",
        {"Origin": "null", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    ),
]

ANSWERED = [
    *(Request("a program", name, "GET", HEALTH[name], status=200) for name in SERVICES),
    *(
        Request("a program that writes", name, "POST", path, write(), body, status=200)
        for name, (path, body) in CHANGES.items()
    ),
    *(
        Request(f"its {origin} page", name, "POST", path, write(Origin=origin, Sec_Fetch_Site=site), body, 200)
        for name, (path, body) in CHANGES.items()
        for origin, site in ((OWN, "same-origin"), ("own-localhost", "cross-site"))
    ),
    *(
        Request(
            "a link from elsewhere",
            name,
            "GET",
            "/",
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
            status=200,
        )
        for name in SERVICES
    ),
    Request("an address that was typed", "panel", "GET", "/", {"Sec-Fetch-Site": "none"}, status=200),
]


def open_socket(settings: Settings, service: str, origin: str | None) -> bool:
    """Whether a WebSocket is opened for a page of this origin; for a program that is no browser, without one."""
    path, protocol = SOCKETS[service]
    url = settings.public_url(service)
    try:
        with connect(
            url.replace("http", "ws", 1) + path,
            origin=_filled(origin, url) if origin else None,
            subprotocols=[protocol],
            proxy=None,
        ):
            return True
    except InvalidStatus as error:
        if error.response.status_code != httpx.codes.FORBIDDEN:
            raise
        return False
