"""`Prefect_Workshop.py`, as a person runs it: a process of its own, with and without a Prefect server."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from prefect.client.orchestration import get_client

from tests.conftest import SAYS_NO_TELEMETRY
from tests.workshop.conftest import ROOT
from tests.workspaces import copy_workshop
from workshop.naming import LEARNER_TAG, STEP_TAG

PATIENCE = 600
NOBODY = "http://127.0.0.1:9"


def run(workspace: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    nobody = {"PREFECT_API_URL": f"{NOBODY}/api", "MLFLOW_TRACKING_URI": NOBODY, "UNRELIABLE_API_URL": NOBODY}
    inherited = {name: value for name, value in os.environ.items() if name not in SAYS_NO_TELEMETRY}
    command = [sys.executable, str(workspace / "workshop" / "prefect" / "Prefect_Workshop.py"), *words]
    return subprocess.run(
        command,
        env=inherited | nobody | environment,
        cwd=workspace.parent,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize(("words", "code"), [((), 0), (("--help",), 0), (("part7",), 2), (("Part1",), 2)])
def test_help_names_every_word(words, code):
    done = run(ROOT, *words)
    assert done.returncode == code
    numbers = range(1, len(list((ROOT / "workshop" / "prefect").glob("part*/step.md"))) + 1)
    assert all(f"  {word} " in done.stdout for word in (*(f"part{number}" for number in numbers), "full", "deploy"))


@pytest.mark.service
def test_all_six_parts_run_with_no_service_at_all_and_say_so(tmp_path):
    workspace = copy_workshop(tmp_path / "workspace")
    done = run(workspace, "full", TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "use a temporary one" in done.stdout
    assert "a temporary one does at" in done.stdout
    ends = [line for line in done.stdout.splitlines() if line.endswith("is Completed")]
    assert ends == [f"=== part{number} is Completed" for number in range(1, 7)]
    assert [entry.name for entry in workspace.iterdir()] == ["workshop"], "something was left in the workspace"
    assert "telemetry" not in done.stderr
    assert "Stopping temporary server" in done.stderr
    assert "Error logging to API" not in done.stderr  # else it looked for its server for a minute after the end


def test_a_part_of_a_fresh_clone_writes_its_data_first(prefect_api, tmp_path):
    workspace = copy_workshop(tmp_path / "clone")
    (workspace / "data").mkdir()
    shutil.copy(ROOT / "data" / "generate_sample_data.py", workspace / "data")
    done = run(workspace, "part1", PREFECT_API_URL=prefect_api, WORKSHOP_DATA_DIR="", TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert (workspace / "data" / "customer_data.csv").is_file()


def test_deploy_without_a_server_says_what_is_missing():
    done = run(ROOT, "deploy")
    assert done.returncode == 1
    assert "make up" in done.stdout


def test_a_schedule_without_minutes_is_refused():
    done = run(ROOT, "deploy", "--minutes", "0")
    assert done.returncode == 2
    assert "0 is not a number of minutes: 1 is the least." in done.stderr


def test_deploy_makes_the_learners_own_scheduled_deployment(prefect_api, work_pool, tmp_path):
    workspace = copy_workshop(tmp_path / "workspace")
    part6 = workspace / "workshop" / "prefect" / "part6_automation"
    done = run(workspace, "deploy", "--learner", "cli", PREFECT_API_URL=prefect_api, WORK_POOL=work_pool)
    assert "without a schedule" in done.stdout, done.stderr

    (part6 / "flow.py").write_bytes((part6 / "solution" / "flow.py").read_bytes())
    done = run(workspace, "deploy", "--learner", "cli", PREFECT_API_URL=prefect_api, WORK_POOL=work_pool)
    assert done.returncode == 0, done.stderr
    assert f"Deployed retrain/scheduled-cli on the work pool {work_pool}: it runs every 2 minutes" in done.stdout
    assert "Watch it at" in done.stdout
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("retrain/scheduled-cli")
    assert [entry.schedule.interval for entry in deployment.schedules] == [timedelta(minutes=2)]
    assert deployment.entrypoint == "workshop/prefect/part6_automation/flow.py:retrain"
    assert {f"{LEARNER_TAG}:cli", f"{STEP_TAG}:part6_automation"} == set(deployment.tags)
    assert str(tmp_path) not in deployment.model_dump_json()


def test_ports_and_names_come_from_the_stacks_own_settings(prefect_api, work_pool, tmp_path):
    workspace, server = copy_workshop(tmp_path / "workspace"), urlsplit(prefect_api)
    (workspace / ".env").write_text(f"PREFECT_PORT={server.port}\nWORK_POOL={work_pool}\nWORKSHOP_LEARNER=dotenv\n")
    done = run(workspace, "deploy", PREFECT_API_URL="")
    assert done.returncode == 0, done.stderr
    assert "Deployed retrain/scheduled-dotenv without" in done.stdout
    with get_client(sync_client=True) as client:
        assert client.read_deployment_by_name("retrain/scheduled-dotenv").work_pool_name == work_pool
