"""What the services store, and their logs, are this user's alone; nothing listens for other machines."""

import ipaddress
import stat
from contextlib import suppress

import psutil

from app.engine.stack.local.environment import STATE_FOLDERS
from app.engine.stack.local.processes import stack_processes

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def test_nobody_else_may_open_the_data_folder(stack):
    assert stat.S_IMODE(stack.data_dir.stat().st_mode) & OTHERS == 0


def test_nobody_else_may_read_a_store_or_a_log(stack):
    files = [file for name in STATE_FOLDERS for file in (stack.data_dir / name).rglob("*") if file.is_file()]
    assert {"mlflow.db", "prefect.db", "runs.db", "panel.log"} <= {file.name for file in files}
    assert [file for file in files if file.stat().st_mode & OTHERS] == []


def test_services_listen_on_this_machine_only(stack):
    listening = []
    for process in stack_processes(stack):
        with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
            listening += [each.laddr for each in process.net_connections("tcp") if each.status == psutil.CONN_LISTEN]
    ports = {stack.panel_port, stack.mlflow_port, stack.prefect_port, stack.dagster_port, stack.unreliable_api_port}
    assert ports <= {address.port for address in listening}
    assert [address for address in listening if not ipaddress.ip_address(address.ip).is_loopback] == []
