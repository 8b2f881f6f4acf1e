"""A web page on another host name that tries to drive and to read the services of this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "evil.example"
RESOLVES = f"--host-resolver-rules=MAP {HOST} 127.0.0.1"
"""Given to Chromium: the page's name leads here, so that the browser's own wall before local addresses lets it try."""
PAGE = b"<!doctype html><title>hostile</title><p>A page of another site.</p>"
SEND = """async ([url, body, type]) => {
    const blob = type ? new Blob([body], {type}) : new Blob([body]);
    await fetch(url, {method: "POST", mode: "no-cors", body: blob}).catch(() => null);
}"""
"""POST a text of unknown or of a simple type: no browser asks for permission first."""
READ = """async (url) => {
    try { return await (await fetch(url)).text() } catch { return "" }
}"""
LISTEN = """([url, protocol]) => new Promise((resolve) => {
    const socket = new WebSocket(url, [protocol]);
    socket.onopen = () => { resolve(true); socket.close() };
    socket.onerror = () => resolve(false);
})"""
SHOW_IMAGE = """(url) => new Promise((resolve) => {
    const image = new Image();
    image.onload = image.onerror = resolve;
    image.src = url;
})"""
SUBMIT = """([url, body]) => {
    const form = document.createElement("form");
    Object.assign(form, {method: "POST", action: url, enctype: "text/plain"});
    const field = document.createElement("input");
    Object.assign(field, {type: "hidden", name: body, value: ""});
    form.append(field);
    document.body.append(form);
    form.submit();
}"""
"""Navigate by a form: the one way that no browser blocks before local addresses."""


class Witness(ThreadingHTTPServer):
    """Serves the hostile page, and writes down every other request: what the page tried would have arrived."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[str] = []

    def page(self, host: str = HOST) -> str:
        return f"http://{host}:{self.server_port}/page"


class _Handler(BaseHTTPRequestHandler):
    server: Witness

    def do_GET(self) -> None:
        if self.path != "/page":
            self._note()
        self._answer(PAGE)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._note()
        self._answer(b"{}")

    def log_message(self, *_: object) -> None:
        pass

    def _note(self) -> None:
        kind = "WebSocket" if self.headers.get("Upgrade") == "websocket" else self.command
        self.server.seen.append(f"{kind} {self.path}")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serve() -> Iterator[Witness]:
    with Witness() as witness:
        thread = threading.Thread(target=witness.serve_forever, daemon=True)
        thread.start()
        try:
            yield witness
        finally:
            witness.shutdown()


def graphql(query: str) -> str:
    return json.dumps({"query": query})
