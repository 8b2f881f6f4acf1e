"""A stack of one's own with runs that wait in the middle: what is done to it then, and what is left a minute later."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from app.engine.errors import WorkshopError
from app.engine.orchestrators.transport import Transport
from app.engine.stack.health import check_services
from app.engine.stack.local.lifecycle import down, up
from app.engine.stack.local.processes import stack_processes
from app.engine.stack.local.supervisor import StackControl
from app.engine.tracking.client import MlflowStore, maker_of
from app.settings import Settings
from tests.conftest import own_settings
from tests.polling import wait_until
from tests.stack.conftest import JOB, PART5, click_on, new_dagster, new_prefect, unique
from tests.workspaces import edited_workspace
from workshop.facts import MlflowRun, Run

UNFINISHED = {"state": {"type": {"any_": ["SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING"]}}}
TRACKING = "workshop/churn/tracking.py"
HELD = (
    TRACKING,
    "        mlflow.log_params(dict(params))\n        logged =",
    "        import pathlib\n        import time\n\n"
    '        while not (pathlib.Path(os.environ["WORKSHOP_DATA_DIR"]) / "go_on").exists():\n'
    "            time.sleep(0.1)\n"
    "        mlflow.log_params(dict(params))\n        logged =",
)
"""An edit: a training has an open MLflow run, and waits in it until there is a file `go_on`."""
HEALTHY_SECONDS = 120
HOLD_SECONDS = 90
END_SECONDS = 75
"""A minute, and what a busy machine needs to start the repair."""


@dataclass
class MidRun:
    """A stack in which a flow run and a Dagster run have begun, and have an open MLflow run each."""

    settings: Settings
    said: list[str] = field(default_factory=list)
    flow_run: str = ""
    dagster_run: str = ""

    def __post_init__(self) -> None:
        self.prefect, self.dagster = new_prefect(self.settings), new_dagster(self.settings)
        self.api = Transport("Prefect", self.settings.internal_url("prefect"))
        self.mlflow = MlflowStore(self.settings.internal_url("mlflow"), self.settings.public_url("mlflow"))

    @property
    def control(self) -> StackControl:
        return StackControl(self.settings)

    @property
    def _go_on(self) -> Path:
        return self.settings.data_dir / "go_on"

    def up(self) -> None:
        assert up(self.settings, self.said.append), "\n".join(self.said)

    def down(self) -> None:
        down(self.settings, self.said.append)

    def begin(self) -> None:
        """Start a run of each tool and wait until both are in the middle."""
        self._go_on.unlink(missing_ok=True)
        learner, workspace = unique("learner"), self.settings.workspace
        click = click_on(self.prefect.target(PART5), learner, {}, workspace)
        self.flow_run = self.prefect.trigger(click)
        self.dagster_run = self.dagster.trigger(click_on(self.dagster.target(JOB), learner, {}, workspace))
        wait_until(lambda: len(self.open_mlflow_runs()) == 2, HOLD_SECONDS, "each run has an open MLflow run")
        assert len(self.unfinished()) == 5, self.unfinished()

    def go_on(self) -> None:
        """Let the runs that wait, and those that will, finish."""
        self._go_on.touch()

    def open_mlflow_runs(self) -> list[MlflowRun]:
        """List the MLflow runs of these two that call themselves running."""
        made_by = {("prefect", self.flow_run), ("dagster", self.dagster_run)}
        return [run for run in self.mlflow.runs(filter="attributes.status = 'RUNNING'") if maker_of(run) in made_by]

    def mlflow_runs(self, maker: str) -> list[MlflowRun]:
        return [run for run in self.mlflow.runs() if (maker_of(run) or ("", ""))[1] == maker]

    def unfinished(self) -> list[str]:
        """Name everything that claims not to have ended, in all three tools."""
        flow_runs = self.api.post("/api/flow_runs/filter", {"flow_runs": UNFINISHED})
        task_runs = self.api.post("/api/task_runs/filter", {"task_runs": UNFINISHED})
        return [
            *(f"flow run {run['name']} {run['state_name']}" for run in flow_runs if not _is_planned(run)),
            *(f"task run {run['name']} {run['state_name']}" for run in task_runs),
            *(f"Dagster run {run.id} {run.state}" for run in self.dagster.runs({}) if not run.phase.is_final),
            *(f"MLflow run {run.id}" for run in self.mlflow.runs(filter="attributes.status = 'RUNNING'")),
        ]

    def nothing_is_left(self) -> None:
        """Wait until nothing claims to run."""
        wait_until(lambda: not self.unfinished() or None, END_SECONDS, "nothing claims to run")

    def runs(self) -> tuple[Run, Run]:
        """Read the flow run and the Dagster run, with what the page shows as their message."""
        return self.prefect.snapshot(self.flow_run).run, self.dagster.snapshot(self.dagster_run).run

    def pid(self, program: str) -> int:
        return self.control.programs()[program].pid

    def kill(self, *programs: str) -> None:
        """Kill programs, and wait until each is up as another process."""
        before = {program: self.pid(program) for program in programs}
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        for program, pid in before.items():
            wait_until(lambda program=program, pid=pid: self.pid(program) not in (0, pid), 60, f"{program} is back")

    def kill_everything(self) -> None:
        """What a power cut does."""
        processes = stack_processes(self.settings)
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=10)
        assert stack_processes(self.settings) == []

    def becomes_healthy(self) -> None:
        def is_well() -> bool:
            try:
                return all(health.is_healthy for health in check_services(self.settings))
            except WorkshopError:
                return False

        wait_until(is_well, HEALTHY_SECONDS, "everything is healthy")


def _is_planned(run: dict[str, str]) -> bool:
    return run["state_type"] == "SCHEDULED" and run["state_name"] == "Scheduled"


@contextmanager
def stack_with_held_runs(folder: Path) -> Iterator[MidRun]:
    """Start a stack whose trainings wait in the middle; stop it in the end."""
    workspace = edited_workspace(folder / "workspace", HELD)
    mid_run = MidRun(own_settings(folder / "data", workspace=workspace))
    try:
        mid_run.up()
        yield mid_run
    finally:
        mid_run.go_on()
        mid_run.down()
