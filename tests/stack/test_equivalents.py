"""What the page prints beside the button does what the button does: run it and compare the runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.engine.orchestrators.dagster.equivalents import as_command as dagster_command
from app.engine.orchestrators.dagster.equivalents import as_python as dagster_python
from app.engine.orchestrators.equivalents import as_curl
from app.engine.orchestrators.prefect.equivalents import as_command, as_python
from tests.stack.conftest import JOB, click_on
from workshop.naming import LEARNER_TAG

SECONDS = 120


def run_printed(text: str, folder: Path) -> None:
    """Do what a reader does: paste it into a terminal, or save the Python in a file and run it."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    if text.startswith(("#", "from")):
        first = text.partition("\n")[0].removeprefix("# ")
        environment |= dict([first.split("=")]) if "=" in first else {}
        (folder / "equivalent.py").write_text(text)
        text = "python equivalent.py"
    done = subprocess.run(
        ["sh", "-c", text], cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"


def test_the_printed_curl_is_the_click(prefect, idle_target, learner, tmp_path):
    trigger = click_on(idle_target, learner, {"dataset": "cdnow"})
    clicked = prefect.trigger(trigger)
    run_printed(as_curl(prefect.build_request(trigger)), tmp_path)
    assert [run.id for run in prefect.runs({LEARNER_TAG: learner})] == [clicked]


@pytest.mark.parametrize("written", [as_python, as_command])
def test_prefects_own_tools_start_the_same_run(prefect, prefect_api, idle_target, learner, tmp_path, written):
    trigger = click_on(idle_target, learner, {"dataset": "cdnow"}, tmp_path)
    request = prefect.build_request(trigger)
    run_printed(written(request, idle_target), tmp_path)
    (run,) = prefect.runs({LEARNER_TAG: learner})
    made = prefect_api.get(f"/api/flow_runs/{run.id}")
    assert made["deployment_id"] == idle_target.id
    assert made["parameters"] == request.body["parameters"]
    assert sorted(made["tags"]) == request.body["tags"]
    assert made["job_variables"] == request.body["job_variables"] == {"working_dir": str(tmp_path)}


@pytest.mark.parametrize("written", [as_curl, dagster_python, dagster_command])
def test_dagsters_own_tools_start_the_same_run(dagster, learner, tmp_path, written):
    config = {"raw_customers": {"dataset": "cdnow"}, "model": {"seed": 7}}
    trigger = click_on(dagster.target(JOB), learner, config)
    request = dagster.build_request(trigger)
    run_printed(written(request), tmp_path)
    (run,) = dagster.runs({LEARNER_TAG: learner})
    sent = {tag["key"]: tag["value"] for tag in request.body["variables"]["params"]["executionMetadata"]["tags"]}
    assert (run.target, run.parameters) == (JOB, config)
    assert run.tags.items() >= sent.items()
