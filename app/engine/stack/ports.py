"""Are the ports free: asked before anything is started, so that a taken one is a sentence and not a traceback."""

import socket
import sys
from collections.abc import Collection

import psutil

from app.engine.errors import WorkshopError
from app.engine.stack.environment import SERVICES_WITH_URL
from app.settings import Settings


class PortTaken(WorkshopError):
    """A port that a service needs is held by something else."""


def port_variable(service: str) -> str:
    """Name the variable that changes a service's port."""
    return f"{service.upper()}_PORT"


def check_ports(settings: Settings, services: Collection[str]) -> None:
    """See that the port of each of these services (panel, mlflow, prefect, dagster, unreliable_api) is free.

    Raises:
        PortTaken: the sentence names the port, who holds it if that can be known, and the variable that changes it.
    """
    asked_by: dict[int, str] = {}
    for service in SERVICES_WITH_URL:
        port, variable = getattr(settings, f"{service}_port"), port_variable(service)
        if port in asked_by:
            raise PortTaken(f"{asked_by[port]} and {variable} are both {port}. Change one of them in .env.")
        asked_by[port] = variable
    problems = [
        _sentence(port, variable)
        for port, variable in asked_by.items()
        if variable in {port_variable(service) for service in services} and _is_taken(settings, port)
    ]
    if problems:
        raise PortTaken("\n".join(problems))


def _sentence(port: int, variable: str) -> str:
    holder = _holder(port)
    by = f" by {holder}" if holder else ""
    airplay = sys.platform == "darwin" and port in (5000, 7000) and holder in ("", "ControlCenter")
    hint = " (probably macOS's AirPlay Receiver)" if airplay else ""
    return f"Port {port} is already taken{by}{hint}. Free it, or choose another with {variable} in .env."


def _is_taken(settings: Settings, port: int) -> bool:
    """Try to connect and try to listen: macOS allows the second while somebody listens on every address."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((settings.local_host, port)) == 0:
            return True
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.bind_address, port))
        except OSError:
            return True
    return False


def _holder(port: int) -> str:
    """Name the process that listens on a port; "" when the system does not tell."""
    for process in psutil.process_iter():
        try:
            listening = [c for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
            if any(connection.laddr.port == port for connection in listening):
                return f"{process.name()} (process {process.pid})"
        except psutil.Error:
            continue
    return ""
