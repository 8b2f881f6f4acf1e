"""Nothing that the stack does connects to, or asks for the address of, any machine but this one."""

import ipaddress
import os
import socket
import subprocess
import sys
from contextlib import suppress

import psutil
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.sync.client import connect

from app.engine.stack.local.processes import stack_processes
from tests.conftest import AUDIT_FOLDER

PROGRAMS = (
    *("mlflow_server", "prefect_server", "programs.prefect_worker", "prefect.engine"),
    *("dagster_webserver", "dagster_code", "dagster_daemon", "streamlit run"),
)
MOST_MESSAGES = 2_000
"""Of the panel, before it has told of every service: Home takes some hundred."""
THIS_MACHINE = {"localhost", socket.gethostname(), socket.getfqdn(), "None", ""}


def is_this_machine(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host in THIS_MACHINE
    return address.is_loopback or address.is_unspecified


def entries(log) -> list[list[str]]:
    """What happened, host, port, and which program."""
    return [line.split(" ", 3) for line in log.read_text().splitlines()]


def open_the_panel(stack) -> None:
    """Open Home as a browser does, so that the panel asks the services."""
    url = f"{stack.internal_url('panel').replace('http', 'ws')}/_stcore/stream"
    with connect(url, subprotocols=["streamlit"]) as session:
        message = BackMsg()
        message.rerun_script.query_string = ""
        session.send(message.SerializeToString())
        assert any(b"Prefect worker" in session.recv(timeout=60) for _ in range(MOST_MESSAGES))


def test_no_process_of_the_stack_leaves_this_machine(stack, connection_log, finished):
    for step in ("part1_tasks_flows", "part5_full_pipeline", "assets"):
        finished(step, "sample")
    open_the_panel(stack)
    lines = entries(connection_log)
    recorded = "\n".join(entry[-1] for entry in lines)
    assert [program for program in PROGRAMS if program not in recorded] == []
    assert any(entry[0] == "connect" and "streamlit run" in entry[-1] for entry in lines)
    assert [entry for entry in lines if entry[0] != "start" and not is_this_machine(entry[1])] == []
    assert [remote for remote in open_connections(stack) if not is_this_machine(remote)] == []


def open_connections(stack) -> list[str]:
    """Where the stack's processes are connected to now, also those whose connections Python does not see."""
    connections = []
    for process in stack_processes(stack):
        with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
            connections += process.net_connections("inet")
    assert connections
    return [each.raddr.ip.removeprefix("::ffff:") for each in connections if each.raddr]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import socket; socket.socket().connect_ex(('198.51.100.7', 9))", ["connect", "198.51.100.7", "9"]),
        ("import socket; socket.getaddrinfo('telemetry.invalid', 443)", ["resolve", "telemetry.invalid", "-"]),
        (
            "import httpx, anyio; anyio.run(lambda: httpx.AsyncClient(trust_env=False).get('http://telemetry.invalid'))",
            ["resolve", "telemetry.invalid", "-"],
        ),
    ],
)
def test_the_recorder_sees_a_process_that_leaves(tmp_path, code, expected):
    log = tmp_path / "connections.log"
    environment = os.environ | {"PYTHONPATH": str(AUDIT_FOLDER), "CONNECTION_LOG": str(log)}
    guarded = f"import socket; socket.setdefaulttimeout(0.1)\n{code}"
    subprocess.run([sys.executable, "-c", guarded], env=environment, capture_output=True, timeout=60)
    assert expected in [entry[:3] for entry in entries(log)]
    assert not is_this_machine(expected[1])
