"""Are the ports free: asked before anything is started, so that a taken one is a sentence and not a traceback."""

import errno
import socket
import sys
from collections.abc import Collection

import psutil

from app.engine.errors import WorkshopError
from app.engine.stack.local.environment import SERVICES_WITH_URL
from app.settings import Settings


class PortTaken(WorkshopError):
    """A port that a service needs cannot be had."""


def port_variable(service: str) -> str:
    """Name the variable that changes a service's port."""
    return f"{service.upper()}_PORT"


def check_ports(settings: Settings, services: Collection[str]) -> None:
    """See that each of these services, named by their ids, can listen on its port.

    Raises:
        PortTaken: the sentence names the port, who holds it if that can be known, and the variable to change.
    """
    asked_by: dict[int, str] = {}
    for service in SERVICES_WITH_URL:
        port, variable = settings.port(service), port_variable(service)
        if port in asked_by:
            raise PortTaken(
                "{other} and {variable} are both {port}. Change one of them in .env.",
                other=asked_by[port],
                variable=variable,
                port=port,
            )
        asked_by[port] = variable
    wanted = {port_variable(service) for service in services}
    checked = [_problem(settings, port, variable) for port, variable in asked_by.items() if variable in wanted]
    problems = dict.fromkeys(problem for problem in checked if problem)
    if problems:
        raise PortTaken("\n".join(problems))


def may_be_airplay(port: int, holder: str, system: str = sys.platform) -> bool:
    """Whether macOS's AirPlay Receiver probably holds a port.

    `holder` begins with the process's name, or is empty.
    """
    return system == "darwin" and port in (5000, 7000) and (not holder or holder.startswith("ControlCenter"))


def _problem(settings: Settings, port: int, variable: str) -> str:
    """Say why no service could listen on a port, or give an empty text when one could."""
    try:
        _listen(settings.bind_address, port)
    except OSError as error:
        if error.errno == errno.EACCES:
            return f"You may not open port {port}. Choose another above 1023 with {variable} in .env."
        if error.errno != errno.EADDRINUSE:
            return (
                f"This machine cannot listen on BIND_ADDRESS={settings.bind_address} ({error.strerror}). "
                "Set it in .env to one of its own addresses, or to 0.0.0.0 for all of them."
            )
    else:
        if not _answers(settings.local_host, port):
            return ""
    holder = _holder(port)
    by = f" by {holder}" if holder else ""
    hint = " (probably macOS's AirPlay Receiver)" if may_be_airplay(port, holder) else ""
    return f"Port {port} is already taken{by}{hint}. Free it, or choose another with {variable} in .env."


def _listen(address: str, port: int) -> None:
    """Take the port as a server does, and let it go."""
    family, kind, _, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(place)


def _answers(host: str, port: int) -> bool:
    """Try to connect: macOS lets two listen when one of them does on every address."""
    try:
        socket.create_connection((host, port), timeout=0.5).close()
    except OSError:
        return False
    return True


def _holder(port: int) -> str:
    """Name the process that listens on a port, or give an empty text when the system does not say."""
    for process in psutil.process_iter():
        try:
            listening = [c for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
            if any(connection.laddr.port == port for connection in listening):
                return f"{process.name()} (process {process.pid})"
        except psutil.Error:
            continue
    return ""
