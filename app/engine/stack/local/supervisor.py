"""The local supervisor: what runs, restart it, its log. XML-RPC over a socket that only this user may open."""

import http.client
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from xmlrpc.client import Fault, ServerProxy, Transport

from app.engine.errors import ServiceDown, ServiceRefused
from app.engine.stack.local.environment import socket_folder, stack_folder
from app.settings import Settings

TIMEOUT_SECONDS = 10.0
STOP_SECONDS = 30.0
"""The supervisor kills a program that has not stopped after ten seconds, and only then answers."""


@dataclass(frozen=True)
class Program:
    """One program of the supervisor."""

    name: str
    state: str
    """The supervisor's own word: RUNNING, STARTING, BACKOFF, STOPPED, EXITED, FATAL …"""
    description: str
    """The supervisor's sentence, for example why it exited."""
    seconds: int
    """For how long it has been running, or 0."""
    pid: int = 0
    """The number of its process, or 0."""

    @property
    def is_up(self) -> bool:
        """Whether there is a process, or the supervisor is about to try again."""
        return self.state in ("RUNNING", "STARTING", "BACKOFF")


class StackControl:
    """The supervisor of one local stack."""

    def __init__(self, settings: Settings) -> None:
        self._socket = socket_folder(settings) / "supervisor.sock"
        self._logs = stack_folder(settings) / "logs"

    @property
    def is_alive(self) -> bool:
        """Whether the supervisor runs and answers."""
        try:
            self._call("getState")
        except ServiceDown:
            return False
        return True

    def programs(self) -> dict[str, Program]:
        """List every program by its name.

        Raises:
            ServiceDown: no supervisor runs.
        """
        return {entry["name"]: _program_from(entry) for entry in self._call("getAllProcessInfo")}

    def start(self, program: str) -> None:
        """Start a program that does not run, without waiting for it."""
        self._call("startProcess", program, False)

    def stop(self, program: str) -> None:
        """Stop a program and wait until it is gone."""
        self._call("stopProcess", program, True, timeout=STOP_SECONDS)

    def restart(self, program: str) -> None:
        """Stop a program if it runs, and start it."""
        if self.programs()[program].is_up:
            self.stop(program)
        self.start(program)

    def terminate(self, program: str) -> None:
        """Signal a program to end.

        The supervisor then starts it again.
        """
        self._call("signalProcess", program, "TERM")

    def shutdown(self) -> None:
        """Ask the supervisor to stop every program and then itself.

        It goes on stopping them after this returns.
        """
        self._call("shutdown")

    def log_file(self, program: str) -> Path:
        """Name the file to which a program's output goes."""
        return self._logs / f"{program}.log"

    def log_tail(self, program: str, lines: int = 20, since: int = 0) -> str:
        """Read the last lines of a program's output, after so many bytes.

        The text is empty when there is none.
        """
        file = self.log_file(program)
        if not file.exists():
            return ""
        with file.open("rb") as opened:
            opened.seek(since if since <= file.stat().st_size else 0)  # a file that is shorter now was begun again
            return "\n".join(opened.read().decode(errors="replace").splitlines()[-lines:])

    def log_sizes(self) -> dict[str, int]:
        """Measure how long each program's output is now, in bytes."""
        return {file.stem: file.stat().st_size for file in self._logs.glob("*.log")}

    def _call(self, method: str, *arguments: Any, timeout: float = TIMEOUT_SECONDS) -> Any:
        proxy = ServerProxy("http://localhost", transport=_SocketTransport(self._socket, timeout))
        try:
            return getattr(proxy.supervisor, method)(*arguments)
        except Fault as error:
            raise ServiceRefused("The local supervisor", error.faultString) from error
        except (OSError, http.client.HTTPException) as error:
            raise ServiceDown("The local supervisor", str(self._socket)) from error


def _program_from(entry: Any) -> Program:
    running = entry["statename"] in ("RUNNING", "STARTING", "STOPPING")
    seconds = entry["now"] - entry["start"] if running else 0
    return Program(entry["name"], entry["statename"], entry["description"] or entry["spawnerr"], seconds, entry["pid"])


class _SocketTransport(Transport):
    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__()
        self._path, self._timeout = path, timeout

    def make_connection(self, host: Any) -> http.client.HTTPConnection:  # noqa: ARG002
        return _SocketConnection(self._path, self._timeout)


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(cast(float, self.timeout))
        self.sock.connect(str(self._path))
