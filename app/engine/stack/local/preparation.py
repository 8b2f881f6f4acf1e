"""What is done before the local stack starts: private folders, usable stores, files that a service needs."""

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress

from app.engine.errors import WorkshopError
from app.engine.stack.local.environment import STATE_FOLDERS, socket_folder, stack_folder
from app.engine.stack.services import SERVICES
from app.engine.stack.store_trouble import StoreTrouble
from app.engine.stack.stores import first_trouble, trouble_of_folder
from app.settings import ROOT, Settings

PRIVATE_UMASK = 0o077


def keep_private(settings: Settings) -> None:
    """Let nobody else on this machine read what the services store, their logs or `.env`.

    New files are private by the supervisor's umask. A folder that is another user's stays as it is.
    """
    os.umask(PRIVATE_UMASK)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with suppress(PermissionError):
        settings.data_dir.chmod(0o700)
    with suppress(FileNotFoundError, PermissionError):
        (ROOT / ".env").chmod(0o600)


class StoreUnusable(WorkshopError):
    """What a service stores cannot be read or written."""


def check_stores(settings: Settings, environment: Mapping[str, str]) -> None:
    """Check that every service can work with what it stores, and that the supervisor can write its logs.

    As with a taken port, nothing is started if one cannot: the flows log to MLflow, and runs of a class would be lost.

    Raises:
        StoreUnusable: a sentence for each file that is damaged, read-only, locked or on a full disk.
    """
    troubles = [*store_troubles(environment).values(), trouble_of_folder(stack_folder(settings))]
    if sentences := list(dict.fromkeys(str(trouble) for trouble in troubles if trouble)):
        raise StoreUnusable("\n".join([*sentences, "Nothing was started."]))


def store_troubles(environment: Mapping[str, str]) -> dict[str, StoreTrouble]:
    """Map the ids of the services that could not work with what they store to the reason."""
    troubles = {service.id: first_trouble(service.stores(environment), depth="whole") for service in SERVICES}
    return {service: trouble for service, trouble in troubles.items() if trouble}


def make_folders(settings: Settings) -> None:
    """Make the folders of sockets, stores and logs, and put into them what a service needs there."""
    sockets = socket_folder(settings)
    shutil.rmtree(sockets, ignore_errors=True)
    sockets.mkdir(mode=0o700)
    for name in (*STATE_FOLDERS, "stack/logs"):
        (settings.data_dir / name).mkdir(parents=True, exist_ok=True)
    for service in SERVICES:
        for name, source in service.state_files.items():
            shutil.copyfile(ROOT / source, settings.data_dir / service.state_folder / name)
