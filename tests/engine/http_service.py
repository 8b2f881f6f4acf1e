"""A small real HTTP server that answers as a test tells it to."""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RESET = "reset"
SLOW_SECONDS = 1.5


@dataclass
class HttpService:
    """What it answers, one after the other (the last one for ever), and what it was asked."""

    url: str = ""
    answers: list[tuple[int, object] | float | str] = field(default_factory=list)
    """A status and a body (JSON, or bytes as they are); a number of seconds to wait first; or `RESET`."""
    asked: list[tuple[str, str, object]] = field(default_factory=list)
    """Method, path and JSON body of each request."""


@contextmanager
def http_service() -> Iterator[HttpService]:
    """Serve on a free port until the block ends."""
    service = HttpService()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = service.answers[min(len(service.asked), len(service.answers) - 1)]
            service.asked.append((self.command, self.path, json.loads(body) if body else None))
            if answer == RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
                return
            if isinstance(answer, float):
                time.sleep(answer)
                answer = (200, {"late": True})
            status, content = answer  # type: ignore[str-unpack]
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = answer  # noqa: N815

        def handle(self):
            try:
                super().handle()
            except (OSError, ValueError):  # the client has gone, or the test closed the connection
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
