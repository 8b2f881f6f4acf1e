"""Refuse what a web page elsewhere asks of a service: an ASGI middleware around every web service of the stack.

A browser sends the requests of every page to this machine, whoever wrote the page, and some tools run what they are
sent. CORS settings do not help, because they stop only what a browser asks permission for. A browser always tells the
name that it was asked to open (Host), and nearly always the page that asks (Origin) and whether that is another site's
(Sec-Fetch-Site). Programs that are no browser send neither of the last two, and pass.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("localhost", "127.0.0.1", "::1")
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104
READING = ("GET", "HEAD", "OPTIONS")
ELSEWHERE = ("cross-site", "same-site")
"""What a browser calls a page that is not the service's own. *same-site* is another port of the same machine."""
OWN_FRAMES = "frame-ancestors 'self'"
FRAMES = ("iframe", "frame", "embed", "object", "fencedframe")
NETLOC = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^\[\]:/@\s]+)(:(?P<port>[0-9]{1,5}))?", re.IGNORECASE)
POLICY_VIOLATION = 1008


@dataclass(frozen=True)
class Names:
    """Under which names a service is asked.

    Args:
        hosts: names and addresses, without port or brackets.
        public_origin: how a browser writes the service's own pages, such as `https://mlflow.example`.
        variable: the setting to which another name may be added, for a person.
    """

    hosts: frozenset[str]
    public_origin: str = ""
    variable: str = ""

    def knows(self, netloc: str) -> bool:
        """Whether `name:port`, as a Host header has it, is one of this service's names.

        The port may be any.
        """
        return _parts(netloc)[0] in self.hosts

    def is_own(self, origin: str, host: str) -> bool:
        """Whether a page is one of this service's own: under any of its names, on the port that was asked."""
        if self.public_origin and origin.lower() == self.public_origin:
            return True
        scheme, separator, netloc = origin.partition("://")
        name, port = _parts(netloc)
        return bool(separator) and scheme in ("http", "https") and name in self.hosts and port == _parts(host)[1]


def names_of(service: str, variables: Mapping[str, str] = os.environ) -> Names:
    """Read the names of a service (`prefect`, `panel` …) from the variables that every service of a stack is given."""
    public = f"{service.upper()}_PUBLIC_URL"
    urls = [urlsplit(variables.get(name, "")) for name in (public, f"{service.upper()}_INTERNAL_URL")]
    hosts = {*LOOPBACK, *(url.hostname for url in urls if url.hostname)}
    address = variables.get("BIND_ADDRESS", "")
    if address and address not in ANY_ADDRESS:
        hosts.add(address.lower())
    origin = f"{urls[0].scheme}://{urls[0].netloc}".lower() if urls[0].netloc else ""
    return Names(frozenset(hosts), origin, public)


def refusal(scope: Scope, names: Names) -> str:
    """Say why a request (`http` or `websocket`) is refused.

    The text is empty when it may pass.
    """
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if not names.knows(host):
        setting = f" If it should be, set {names.variable} in .env." if names.variable else ""
        return f"{host[:100]!r} is not a name of this service.{setting}"
    if why := _refused_page(scope, headers, host, names):
        return why
    if scope["type"] == "http" and scope["path"].rstrip("/").endswith("/graphql"):
        return _refused_graphql(scope, headers)
    return ""


class Guard:
    """Answer 403 with a sentence to what another web page asks, and pass everything else on.

    Args:
        app: the service.
        names: its names.
    """

    def __init__(self, app: ASGIApp, names: Names) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at a request before the service does."""
        why = refusal(scope, self._names) if scope["type"] in ("http", "websocket") else ""
        if not why:
            await self._app(scope, receive, _without_foreign_frames(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": why})
        else:
            await PlainTextResponse(f"{why}\n", status_code=403)(scope, receive, send)


def _without_foreign_frames(send: Send) -> Send:
    """Let no page of another site show an answer in a frame."""

    async def send_with_policy(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("content-security-policy", OWN_FRAMES)
        await send(message)

    return send_with_policy


def _refused_page(scope: Scope, headers: Headers, host: str, names: Names) -> str:
    """Say why the page that asks may not.

    On loopback and with https, browsers say how that page is related to the service (`Sec-Fetch-Site`).
    """
    origin = headers.get("origin")
    if origin is not None:
        return "" if names.is_own(origin, host) else f"A page of {origin[:100]!r} may not do this."
    if headers.get("sec-fetch-site") in ELSEWHERE and not _opens_a_page(scope, headers):
        return "A page of another site may not do this."
    return ""


def _opens_a_page(scope: Scope, headers: Headers) -> bool:
    """Whether a person follows a link to here.

    A page that shows this one in a frame of its own does not count.
    """
    is_navigation = scope["type"] == "http" and scope["method"] == "GET" and headers.get("sec-fetch-mode") == "navigate"
    return is_navigation and headers.get("sec-fetch-dest") not in FRAMES


def _refused_graphql(scope: Scope, headers: Headers) -> str:
    asked = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True))
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if "query" in asked or (scope["method"] not in READING and media_type != "application/json"):
        return "GraphQL is answered by POST with a JSON body only."
    return ""


def _parts(netloc: str) -> tuple[str, str | None]:
    """Split `name:port`.

    A text that has another form gives an empty name.
    """
    parts = NETLOC.fullmatch(netloc)
    return (parts["name"].strip("[]").lower(), parts["port"]) if parts else ("", None)
