"""Who else can reach the services: said in plain words when they listen on more than this machine's own address."""

from ipaddress import ip_address

from app.settings import Settings


def is_loopback(address: str) -> bool:
    """Whether only programs of this machine reach a service that listens on an address."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def warning(settings: Settings) -> str:
    """Say what everybody on the network can do; an empty text when nobody but this machine can."""
    if is_loopback(settings.bind_address):
        return ""
    return f"""
BIND_ADDRESS={settings.bind_address}: everybody on that network reaches these services, and none asks for a password.
  With Prefect (port {settings.prefect_port}) they can run any command on this machine, in your name.
  With the panel ({settings.panel_port}) and Dagster ({settings.dagster_port}) they can start, cancel and restart.
  With MLflow ({settings.mlflow_port}) they can read, change and delete every run and model.
Do this only on a network whose people you trust. BIND_ADDRESS=127.0.0.1 lets nobody in."""
