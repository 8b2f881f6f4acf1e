"""All containers are killed during runs and started again: what has no process any more is ended, and says why."""

from pathlib import Path

from app.engine.stack.repair.dagster import PROCESS_IS_GONE
from app.engine.stack.repair.prefect import WORKER_WAS_STOPPED
from tests.stack.compose.project import ComposeProject, documented
from tests.stack.mid_run import HELD, MidRun
from tests.workspaces import edited
from workshop.naming import ENDED_BECAUSE_TAG

IN_CONTAINERS = Path("/workspace")


def kill_everything(project: ComposeProject) -> None:
    """What a power cut does; none is restarted by Docker."""
    ids = " ".join(project.compose("ps --quiet").split())
    project.run(f"docker kill {ids}")


def test_after_a_power_cut_everything_has_ended_and_says_why(project):
    mid_run = MidRun(project.settings.model_copy(update={"workspace": IN_CONTAINERS}))
    file, old, new = HELD
    with edited(project.folder / file, old, new):
        mid_run.begin()
        kill_everything(project)
    project.run(documented("start"))
    mid_run.nothing_is_left()
    flow_run, dagster_run = mid_run.runs()
    assert (flow_run.state, flow_run.message) == ("Crashed", WORKER_WAS_STOPPED)
    assert dagster_run.state == "FAILURE"
    assert PROCESS_IS_GONE in dagster_run.message
    made = [*mid_run.mlflow_runs(mid_run.flow_run), *mid_run.mlflow_runs(mid_run.dagster_run)]
    assert [(run.status, "Run it again." in run.tags[ENDED_BECAUSE_TAG]) for run in made] == [("FAILED", True)] * 2
