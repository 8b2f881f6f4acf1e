"""Python imports this at start when its folder is on PYTHONPATH: it writes down where the process connects to."""

import os
import sys


def _write(what: str, host: object = "-", port: object = "-") -> None:
    try:
        file = os.open(os.environ["CONNECTION_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError:
        return
    host = host.decode() if isinstance(host, bytes) else host
    program = " ".join(" ".join(sys.orig_argv[1:4]).split())
    os.write(file, f"{what} {host} {port} {program}\n".encode())
    os.close(file)


def _audit(event: str, arguments: tuple) -> None:
    if event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        _write("connect", *arguments[1][:2])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        _write("resolve", arguments[0])


if "CONNECTION_LOG" in os.environ:
    sys.modules["uvloop"] = None  # type: ignore[assignment]  # its connections raise no audit events; the servers fall back to asyncio
    sys.addaudithook(_audit)
    _write("start")
