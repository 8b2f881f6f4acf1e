"""The environment of the local stack: where its state lies, and the variables that every service is given."""

import hashlib
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from app.engine.stack.service import Place
from app.engine.stack.services import SERVICES
from app.settings import ROOT, Settings

STACK_ID_VARIABLE = "WORKSHOP_STACK_ID"
"""In the environment of each process of a stack, so that its processes can be recognised."""
SERVICES_WITH_URL = tuple(service.id for service in SERVICES if service.has_page)
STATE_FOLDERS = (*dict.fromkeys(service.state_folder for service in SERVICES if service.state_folder), "stack")
"""Below the data folder: what the services store. Data sets and learners' code lie elsewhere."""

IN_BOTH_STACKS = {"DO_NOT_TRACK": "true", "PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2"} | {
    name: value for service in SERVICES for name, value in service.variables.items()
}
"""Variables that have the same value in the local stack and in Compose."""


def stack_folder(settings: Settings) -> Path:
    """Where the supervisor keeps its state and every service's log."""
    return settings.data_dir.resolve() / "stack"


def stack_id(settings: Settings) -> str:
    """Name this stack: two checkouts, or two data folders, are two stacks."""
    return hashlib.sha256(str(settings.data_dir.resolve()).encode()).hexdigest()[:12]


def socket_folder(settings: Settings) -> Path:
    """Where the stack's sockets lie: a short path, because a socket's may have no more than some 100 characters."""
    return Path(f"/tmp/mlops-workshop-{os.getuid()}-{stack_id(settings)}")  # noqa: S108


def settings_environment(settings: Settings) -> dict[str, str]:
    """Write the settings as variables with nothing left to defaults, so that no `.env` says otherwise."""
    variables = {name.upper(): str(value) for name, value in settings.model_dump().items()}
    for service in SERVICES_WITH_URL:
        variables[f"{service.upper()}_INTERNAL_URL"] = settings.internal_url(service)
        variables[f"{service.upper()}_PUBLIC_URL"] = settings.public_url(service)
    return variables | {
        "DATA_DIR": str(settings.data_dir.resolve()),
        "WORKSPACE": str(settings.workspace.resolve()),
    }


def stack_environment(settings: Settings) -> dict[str, str]:
    """Everything that the supervisor and its programs are given on top of this process's own environment."""
    data = settings.data_dir.resolve()
    place = Place(settings, data, socket_folder(settings))
    return {
        **settings_environment(settings),
        **IN_BOTH_STACKS,
        **{name: value for service in SERVICES for name, value in service.local_variables(place).items()},
        "WORKSHOP_DATA_DIR": str(data),
        "PANEL_PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
        "NO_PROXY": _without_proxy(settings),
        "no_proxy": _without_proxy(settings),
        "STACK_ROOT": str(ROOT),
        "STACK_PYTHON": sys.executable,
        "STACK_FOLDER": str(stack_folder(settings)),
        "STACK_SOCKETS": str(socket_folder(settings)),
        STACK_ID_VARIABLE: stack_id(settings),
    }


def _without_proxy(settings: Settings) -> str:
    """Name the hosts that a company's proxy must not be asked for: the stack's own."""
    hosts = {urlsplit(settings.internal_url(service)).hostname or "" for service in SERVICES_WITH_URL}
    return ",".join(filter(None, [os.environ.get("NO_PROXY", ""), "localhost", "127.0.0.1", *sorted(hosts)]))
