"""What the Services page knows and does: runtimes, logs, restart, on the local stack's supervisor."""

import os
import signal

import pytest

from app.engine.errors import ServiceDown
from app.engine.stack.control import service_control
from app.engine.stack.health import check_services
from app.engine.stack.local.supervisor import StackControl
from app.engine.stack.services import SERVICES
from app.settings import Settings
from tests.polling import wait_until

HEALTHY_SECONDS = 90


@pytest.fixture
def control(stack):
    return service_control(stack)


def all_well(stack) -> bool:
    return all(each.is_healthy for each in check_services(stack))


def test_everything_is_healthy(stack):
    wait_until(lambda: all_well(stack), HEALTHY_SECONDS, "everything is healthy")


def test_every_service_runs_and_uses_memory(control):
    by_service = control.runtimes()
    assert set(by_service) == {service.id for service in SERVICES}
    for runtime in by_service.values():
        assert (runtime.state, runtime.started is not None) == ("RUNNING", True)
        assert 20 * 2**20 < runtime.memory < 2**31, runtime
        assert runtime.programs


def test_every_program_has_a_log(control):
    programs = [program for runtime in control.runtimes().values() for program in runtime.programs]
    assert len(programs) == len(set(programs)) == 8
    logs = {program: control.log(program, 5) for program in programs}
    assert [program for program, lines in logs.items() if len(lines) > 5] == []
    assert any("Worker 'workshop-" in line for line in control.log("worker", 500))


def test_a_restart_is_a_new_process_and_is_well_again(stack, control):
    before = StackControl(stack).programs()["worker"].pid
    control.restart("worker")
    assert StackControl(stack).programs()["worker"].pid != before
    wait_until(lambda: all_well(stack), HEALTHY_SECONDS, "all is well after the restart")
    again = control.runtimes()["worker"]
    assert again.started > control.runtimes()["prefect"].started


def test_a_killed_process_is_counted_as_a_restart(stack, control):
    before = control.runtimes()["unreliable_api"].restarts
    os.kill(StackControl(stack).programs()["unreliable-api"].pid, signal.SIGKILL)
    wait_until(lambda: control.runtimes()["unreliable_api"].restarts == before + 1, 30, "the restart is counted")
    wait_until(lambda: all_well(stack), HEALTHY_SECONDS, "all is well again")


@pytest.mark.parametrize("proxy", ["", "tcp://127.0.0.1:9"], ids=["supervisor", "Docker"])
def test_who_cannot_be_reached_is_said(tmp_path, proxy):
    control = service_control(Settings(_env_file=None, data_dir=tmp_path, docker_proxy_url=proxy))
    for ask in (control.runtimes, lambda: control.restart("worker")):
        with pytest.raises(ServiceDown, match="does not answer"):
            ask()
