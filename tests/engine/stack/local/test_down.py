"""`make down` on a real supervisor whose programs are stubs: what ends by itself meanwhile keeps nothing running."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.engine.stack.local.environment import socket_folder, stack_environment
from app.engine.stack.local.lifecycle import down
from app.engine.stack.local.processes import end_processes, stack_processes
from app.engine.stack.local.supervisor import StackControl
from app.settings import Settings
from tests.conftest import own_settings
from tests.polling import wait_until

CONFIG = """
[supervisord]
pidfile = {folder}/supervisord.pid
logfile = {folder}/supervisord.log
[unix_http_server]
file = {sockets}/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[program:worker]
command = sleep 600
autostart = false
[program:mlflow]
command = sleep 600
startsecs = 0
"""


@pytest.fixture
def settings(tmp_path) -> Iterator[Settings]:
    """A stack of which MLflow runs, and a worker has ended."""
    own = own_settings(tmp_path / "data")
    sockets, config = socket_folder(own), tmp_path / "supervisord.conf"
    sockets.mkdir(mode=0o700)
    config.write_text(CONFIG.format(folder=tmp_path, sockets=sockets))
    command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)]
    subprocess.run(command, env=os.environ | stack_environment(own), check=True, capture_output=True)
    control = StackControl(own)
    try:
        wait_until(lambda: control.is_alive and control.programs()["mlflow"].pid, 20, "the stub runs")
        yield own
    finally:
        end_processes(stack_processes(own))


def test_a_worker_that_ends_just_before_it_is_stopped_does_not_keep_the_rest_running(monkeypatch, settings):
    seen = StackControl(settings).programs()
    a_moment_ago = seen | {"worker": replace(seen["worker"], state="RUNNING")}
    monkeypatch.setattr(StackControl, "programs", lambda _: a_moment_ago)
    said: list[str] = []
    down(settings, said.append)
    assert said[-1] == "Everything is stopped."
    assert stack_processes(settings) == []
