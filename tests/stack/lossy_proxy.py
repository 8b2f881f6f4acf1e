"""A proxy in front of a service that delivers one request late and loses the answer: a time-out that was delivered."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from app.engine.orchestrators.transport import TIMEOUT_SECONDS


@contextmanager
def losing_one_answer(service_url: str, marker: str) -> Iterator[tuple[str, threading.Event]]:
    """Give the proxy's URL, and an event that is set once a request with `marker` in it was delivered for nothing."""
    held, lost, over = threading.Event(), threading.Event(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            is_chosen = marker in f"{self.path} {body.decode()}" and not held.is_set()
            if is_chosen:
                held.set()
                time.sleep(TIMEOUT_SECONDS + 1)
            headers = {"Content-Type": self.headers.get("Content-Type") or "application/json"}
            answer = http.request(self.command, self.path, content=body, headers=headers)
            if is_chosen:
                lost.set()
                over.wait()
                return
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with httpx.Client(base_url=service_url, timeout=60, trust_env=False) as http:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", lost
        finally:
            over.set()
            server.shutdown()
            server.server_close()
