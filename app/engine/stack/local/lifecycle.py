"""Start, repair and stop the local stack."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

import psutil

from app.engine.errors import WorkshopError
from app.engine.stack.hooks import hook
from app.engine.stack.local.configuration import configuration
from app.engine.stack.local.data_sets import prepare_data
from app.engine.stack.local.environment import (
    SERVICES_WITH_URL,
    STATE_FOLDERS,
    settings_environment,
    socket_folder,
    stack_environment,
    stack_folder,
)
from app.engine.stack.local.ports import check_ports, port_variable
from app.engine.stack.local.preparation import check_stores, keep_private, make_folders
from app.engine.stack.local.processes import end_processes, stack_processes
from app.engine.stack.local.repair import repair
from app.engine.stack.local.supervisor import StackControl
from app.engine.stack.local.waiting import Watch
from app.engine.stack.services import SERVICES
from app.settings import ROOT, Settings

STOP_SECONDS = 30.0

Say = Callable[[str], None]


def up(settings: Settings, say: Say = print, extra: Mapping[str, str] | None = None) -> bool:
    """Start what does not run, repair what is not well, wait until all is healthy, register the deployments.

    Args:
        settings: which ports and folders.
        say: is told each step of the way.
        extra: more environment variables for the services.

    Returns:
        Whether everything is healthy and registered; what is not has been said.

    Raises:
        PortTaken: nothing was started, and what runs goes on.
        StoreUnusable: a service could not work with what it stores; nothing was started.
    """
    environment = {**os.environ, **stack_environment(settings), **(extra or {})}
    control = StackControl(settings)
    logged = control.log_sizes()
    started_with = _started_with(settings)
    if control.is_alive and started_with != settings_environment(settings):
        check_ports(settings, _with_a_new_port(settings, started_with))
        say("The settings have changed since the stack was started: it starts again.")
        down(settings, say)
    if not control.is_alive:
        _start_supervisor(settings, control, environment, say)
    else:
        repair(settings, control, environment, say)
    return Watch(settings, control, environment, say, logged).until_healthy()


def down(settings: Settings, say: Say = print) -> None:
    """Stop everything that runs in the stack's name, and nothing else.

    Raises:
        WorkshopError: something could not be stopped.
    """
    control = StackControl(settings)
    processes = stack_processes(settings)
    if not processes:
        say("Nothing is running.")
        return
    say(f"Stopping {len(processes)} processes …")
    if control.is_alive:
        _prepare_the_end(settings, control, say)
        control.shutdown()
        _wait_for_end(settings)
    end_processes(stack_processes(settings))
    shutil.rmtree(socket_folder(settings), ignore_errors=True)
    left = stack_processes(settings)
    if left:
        raise WorkshopError(
            "These processes could not be stopped: {processes}.", processes=", ".join(str(p.pid) for p in left)
        )
    say("Everything is stopped.")


def _prepare_the_end(settings: Settings, control: StackControl, say: Say) -> None:
    """Let each service that wants to do something before all stop do it."""
    for service in SERVICES:
        if service.before_down:
            hook(service.before_down)(settings, control, say)


def reset(settings: Settings, say: Say = print) -> None:
    """Stop the stack and delete what its services stored.

    Data sets and learners' code stay.
    """
    down(settings, say)
    for name in STATE_FOLDERS:
        folder = settings.data_dir / name
        if folder.exists():
            shutil.rmtree(folder)
            say(f"Deleted {folder}")


def _start_supervisor(settings: Settings, control: StackControl, environment: Mapping[str, str], say: Say) -> None:
    orphans = stack_processes(settings)
    if orphans:
        say(f"Ending {len(orphans)} processes of a stack that was not stopped properly …")
        end_processes(orphans)
    check_ports(settings, SERVICES_WITH_URL)
    keep_private(settings)
    check_stores(settings, environment)
    for written in prepare_data(settings):
        say(f"Wrote {written}")
    make_folders(settings)
    say("Starting MLflow, Prefect, Dagster and the panel …")
    config = stack_folder(settings) / "supervisord.conf"
    config.write_text(configuration(), encoding="utf-8")
    command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)  # noqa: S603
    if done.returncode != 0:
        raise WorkshopError("The supervisor did not start: {reason}", reason=done.stderr.strip() or done.stdout.strip())
    (stack_folder(settings) / "settings.json").write_text(json.dumps(settings_environment(settings)))
    _wait_for(lambda: control.is_alive, "The supervisor did not answer.")


def _started_with(settings: Settings) -> dict[str, str]:
    """Read what the running stack was given.

    If that cannot be read, the answer is empty, and the stack starts again.
    """
    try:
        return dict(json.loads((stack_folder(settings) / "settings.json").read_text()))
    except (OSError, ValueError, TypeError):
        return {}


def _with_a_new_port(settings: Settings, started_with: Mapping[str, str]) -> list[str]:
    """Which services are to listen where nothing of this stack does so far."""
    ports = {service: str(settings.port(service)) for service in SERVICES_WITH_URL}
    held = {started_with.get(port_variable(service)) for service in SERVICES_WITH_URL}
    return [service for service, port in ports.items() if port not in held]


def _wait_for_end(settings: Settings) -> None:
    supervisors = [p for p in stack_processes(settings) if "supervisor.supervisord" in _command(p)]
    psutil.wait_procs(supervisors, timeout=STOP_SECONDS)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _wait_for(is_true: Callable[[], bool], otherwise: str, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            raise WorkshopError(otherwise)
        time.sleep(0.1)
