"""Who else can reach the services: said in plain words when they listen on more than this machine's own address."""

from ipaddress import ip_address

from app.engine.stack.services import SERVICES
from app.settings import Settings


def is_loopback(address: str) -> bool:
    """Whether only programs of this machine reach a service that listens on an address."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def warning(settings: Settings) -> str:
    """Say what everybody on the network can do.

    The text is empty when only this machine reaches them.
    """
    if is_loopback(settings.bind_address):
        return ""
    dangers = [
        f"  With {service.title} (port {settings.port(service.id)}) {service.exposure}."
        for service in SERVICES
        if service.exposure
    ]
    head = f"BIND_ADDRESS={settings.bind_address}: everybody on that network reaches these services, and none asks for"
    end = "Do this only on a network whose people you trust. BIND_ADDRESS=127.0.0.1 lets nobody in."
    return "\n".join(["", f"{head} a password.", *dangers, end])
