"""`make up`, again and again, and `make down`: a stack of this file's own, started twice.

The tests are one story and run in the order in which they stand here.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil
import pytest

from app.engine.errors import CodeDoesNotLoad
from app.engine.orchestrators.contract import ApiRequest
from app.engine.orchestrators.transport import Transport
from app.engine.stack.health import check_services
from app.engine.stack.local.environment import STACK_ID_VARIABLE, STATE_FOLDERS
from app.engine.stack.local.lifecycle import down, reset, up
from app.engine.stack.local.ports import PortTaken
from app.engine.stack.local.preparation import StoreUnusable
from app.engine.stack.local.processes import stack_processes
from app.engine.stack.local.supervisor import StackControl
from app.settings import Settings
from tests.conftest import own_settings
from tests.polling import wait_until
from tests.stack.conftest import JOB, PART1, PART5, new_dagster
from tests.workspaces import FLOW, edited_workspace

HEALTHY_SECONDS = 60
BROKEN = ("workshop/dagster/definitions.py", "import importlib\n", "import no_such_module\n")


def unwell(settings: Settings) -> list[str]:
    """Which services are not healthy now."""
    return [health.service for health in check_services(settings) if not health.is_healthy]


@dataclass
class Stack:
    """A stack, and what `up` said the last time."""

    settings: Settings
    said: list[str] = field(default_factory=list)

    def up(self) -> bool:
        self.said.clear()
        return up(self.settings, self.said.append)

    @property
    def text(self) -> str:
        return "\n".join(self.said)

    @property
    def control(self) -> StackControl:
        return StackControl(self.settings)

    @property
    def api(self) -> Transport:
        return Transport("Prefect", self.settings.internal_url("prefect"))

    def deployments(self) -> dict[str, tuple[str, list[str]]]:
        """Each deployment's id, and the ids of its schedules."""
        by_name = {name: self.api.get(f"/api/deployments/name/{name}") for name in (PART1, PART5)}
        return {name: (each["id"], [one["id"] for one in each["schedules"]]) for name, each in by_name.items()}

    def deployments_with_schedules(self) -> dict[str, tuple[str, list[str]]]:
        """The same, once somebody has made a schedule for each, one of them with a slug."""
        for name, extra in ((PART1, {"slug": "daily"}), (PART5, {})):
            body = [{"schedule": {"interval": 86400, "timezone": "UTC"}, "active": True, **extra}]
            path = f"/api/deployments/{self.deployments()[name][0]}/schedules"
            self.api.send(ApiRequest("POST", "", "", path, body))
        return self.deployments()

    def becomes_healthy(self) -> bool:
        """A service that is slow to answer once is asked again."""
        return wait_until(lambda: unwell(self.settings) == [], HEALTHY_SECONDS, "everything is healthy")

    def process_of(self, program: str) -> int:
        """The process id, as the supervisor tells it."""
        return self.control.programs()[program].pid


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("own-stack")
    stack = Stack(own_settings(folder / "data", workspace=edited_workspace(folder / "workspace", BROKEN)))
    yield stack
    down(stack.settings, stack.said.append)


@pytest.fixture(scope="module")
def bystander() -> Iterator[psutil.Process]:
    """A process of another stack."""
    command = [sys.executable, "-c", "import time; time.sleep(3600)"]
    process = subprocess.Popen(command, env=os.environ | {STACK_ID_VARIABLE: "somebody-else"})
    yield psutil.Process(process.pid)
    process.kill()
    process.wait()


def test_a_taken_port_is_a_sentence_and_nothing_starts(own):
    with socket.create_server(("127.0.0.1", own.settings.mlflow_port)), pytest.raises(PortTaken) as problem:
        own.up()
    sentence = str(problem.value)
    assert f"Port {own.settings.mlflow_port} is already taken by" in sentence
    assert f"(process {os.getpid()})" in sentence
    assert "MLFLOW_PORT in .env" in sentence
    assert stack_processes(own.settings) == []


def test_code_that_dagster_cannot_load_is_said_and_the_rest_starts(own):
    assert not own.up()
    (sentence,) = {line for line in own.said if "the code location workshop does not load" in line}
    assert "No module named 'no_such_module'" in sentence, sentence
    assert "Correct the code" in sentence, sentence
    wait_until(lambda: unwell(own.settings) == ["dagster"], HEALTHY_SECONDS, "all but Dagster is healthy")
    with pytest.raises(CodeDoesNotLoad, match="No module named 'no_such_module'"):
        new_dagster(own.settings).target(JOB)


def test_up_again_restarts_what_was_corrected_and_keeps_the_rest(own):
    before = own.deployments_with_schedules()
    mlflow = own.process_of("mlflow")
    file, new, old = BROKEN
    code = own.settings.workspace / file
    code.write_text(code.read_text().replace(old, new))
    flow = own.settings.workspace / FLOW
    flow.write_text(flow.read_text().replace("Run the three tasks", "Run three tasks"))
    assert own.up(), own.text
    assert any(line.endswith(" is already up.") for line in own.said), own.text
    assert "Starting MLflow, Prefect, Dagster and the panel …" not in own.said
    assert own.process_of("mlflow") == mlflow
    assert all(schedules for _, schedules in before.values())
    assert own.deployments() == before
    assert "Run three tasks" in own.api.get(f"/api/deployments/name/{PART1}")["description"]
    assert new_dagster(own.settings).target(JOB).name == JOB


def test_what_was_killed_or_stopped_is_repaired(own):
    os.kill(own.process_of("panel"), signal.SIGKILL)
    own.control.stop("worker")
    own.control.stop("dagster-daemon")
    assert own.up(), own.text
    assert "dagster-daemon does not run (STOPPED): starting it again." in own.said
    assert own.becomes_healthy()


def test_a_store_that_is_damaged_is_named_and_what_runs_goes_on(own):
    file = own.settings.data_dir / "mlflow" / "mlflow.db"
    own.control.stop("mlflow")
    kept = file.read_bytes()
    file.write_bytes(b"garbage " * 1000)
    others = {name: program.pid for name, program in own.control.programs().items() if name != "mlflow"}
    assert not own.up()
    assert f"MLflow: {file} cannot be read (it is no SQLite file). Nothing was changed in it." in own.text
    assert not any(word in own.text for word in ("Traceback", "Start it with", "starting it again"))
    assert own.control.programs()["mlflow"].state == "STOPPED"
    assert {name: own.control.programs()[name].pid for name in others} == others
    assert file.read_bytes() == b"garbage " * 1000
    file.write_bytes(kept)
    assert own.up(), own.text
    assert "mlflow does not run (STOPPED): starting it again." in own.said


def test_a_new_port_that_is_taken_stops_nothing(own):
    before = own.process_of("mlflow")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        changed = Stack(own.settings.model_copy(update={"panel_port": port}))
        with pytest.raises(PortTaken, match=f"Port {port} is already taken by .* PANEL_PORT in .env"):
            changed.up()
    assert changed.said == []
    assert own.process_of("mlflow") == before


def test_changed_settings_start_the_stack_anew_and_touch_no_other(own, bystander):
    before, old_port, processes = own.deployments(), own.settings.panel_port, stack_processes(own.settings)
    own.settings = own_settings(own.settings.data_dir, workspace=own.settings.workspace)
    assert own.up(), own.text
    assert "The settings have changed since the stack was started: it starts again." in own.said
    assert [each for each in processes if each.is_running()] == []
    assert own.deployments() == before
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", old_port)) != 0
    assert own.becomes_healthy()
    assert bystander.is_running()
    assert bystander.status() != psutil.STATUS_ZOMBIE


def test_a_stack_whose_supervisor_was_killed_is_cleaned_up_before_the_next_start(own):
    (supervisor,) = [each for each in stack_processes(own.settings) if "supervisor.supervisord" in each.cmdline()]
    supervisor.kill()
    wait_until(lambda: not own.control.is_alive, 10, "the supervisor is gone")
    assert stack_processes(own.settings)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        blocked = Stack(own.settings.model_copy(update={"panel_port": taken.getsockname()[1]}))
        with pytest.raises(PortTaken):  # seen before anything is started, and after what is left has ended
            blocked.up()
    assert any("of a stack that was not stopped properly" in line for line in blocked.said)
    assert stack_processes(own.settings) == []


def test_down_says_when_nothing_runs(own):
    own.said.clear()
    down(own.settings, own.said.append)
    assert own.said == ["Nothing is running."]


def test_every_damaged_store_is_named_at_the_start_and_can_be_reset(own):
    names = ("mlflow/mlflow.db", "prefect/prefect.db", "dagster/history/runs.db")
    files = [own.settings.data_dir / name for name in names]
    for file in files:
        os.truncate(file, 10_000)
    with pytest.raises(StoreUnusable) as problem:
        own.up()
    assert all(f"{file} cannot be read" in str(problem.value) for file in files)
    assert stack_processes(own.settings) == []
    assert [file.stat().st_size for file in files] == [10_000] * 3


def test_reset_deletes_what_the_services_stored_and_nothing_else(own):
    kept = [own.settings.data_dir / name for name in ("customer_data.csv", "learners/ana/notes.txt")]
    kept[1].parent.mkdir(parents=True)
    kept[1].write_text("mine")
    assert all((own.settings.data_dir / name).is_dir() for name in STATE_FOLDERS)
    reset(own.settings, own.said.append)
    assert [name for name in STATE_FOLDERS if (own.settings.data_dir / name).exists()] == []
    assert all(file.is_file() for file in kept)
