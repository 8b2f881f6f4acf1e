"""What the workshop's documents show runs: every block of Python does what it asserts, and so does every command."""

import os
import re
import runpy
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName, FlowRunFilter, FlowRunFilterTags
from prefect.flows import load_flow_from_entrypoint
from prefect.schedules import Interval
from prefect.testing.cli import CycloptsCliRunner

from tests.conftest import free_ports
from tests.polling import wait_until
from tests.workshop.conftest import ROOT
from workshop.deployments import create_deployment

DOCS = ROOT / "workshop" / "docs"
DEADLINE = 120
ENRICH = "workshop/prefect/part2_resilience/flow.py:enrich_customers"


def blocks(name: str) -> list[tuple[str, str]]:
    """Every block of Python in a document, with the heading above it."""
    before, *parts = (DOCS / name).read_text().split("```python\n")
    texts = []
    for part in parts:
        title = re.findall(r"^#+ (.+)$", before, re.M)[-1]
        code, _, before = part.partition("\n```")
        texts.append((title, code + "\n"))
        before = f"# {title}\n{before}"
    return texts


def run(code: str, folder: Path) -> None:
    """Run a block from a file: a cache policy and a worker want to read its source."""
    file = folder / "block.py"
    file.write_text(code)
    runpy.run_path(str(file))


SHEET = blocks("prefect_cheat_sheet.md")


@pytest.mark.usefixtures("prefect_api")
@pytest.mark.parametrize("code", [code for _, code in SHEET], ids=[title for title, _ in SHEET])
def test_a_block_of_the_cheat_sheet_runs(code, tmp_path):
    assert "assert" in code
    run(code, tmp_path)


COMMANDS = re.findall(r"^\| `(prefect .+?)` \|", (DOCS / "prefect_cheat_sheet.md").read_text(), re.M)
FLOW = """
from prefect import flow


@flow
def flow(rows: int = 4) -> None:
    print(rows)
"""


def type_command(command: str) -> str:
    """Run a command of Prefect that ends by itself, in this process, and return what it prints."""
    done = CycloptsCliRunner().invoke(shlex.split(command)[1:])
    assert done.exit_code == 0, f"{command}\n{done.output}"
    return done.stdout


@contextmanager
def running(command: str, **environment: str) -> Iterator[None]:
    """Run a command of Prefect that stays, in a process of its own."""
    words = [sys.executable, "-m", *shlex.split(command)]
    process = subprocess.Popen(words, env=os.environ | environment, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # asked to end, a worker may take minutes
        process.wait(DEADLINE)


def test_every_command_of_the_cheat_sheet_runs(prefect_api, tmp_path, monkeypatch):
    typed = []

    def take(beginning: str) -> str:
        """Find the command of the table that begins so."""
        (texts,) = (command for command in COMMANDS if command.startswith(f"prefect {beginning}"))
        typed.append(texts)
        return texts

    (port,) = free_ports(1)
    home = {"PREFECT_HOME": str(tmp_path), "PREFECT_SERVER_API_PORT": str(port), "PREFECT_API_URL": ""}
    with running(take("server start"), **home):
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/api/health"), DEADLINE, "the server answers")

    monkeypatch.chdir(tmp_path)
    Path("flow.py").write_text(FLOW)
    with get_client(sync_client=True) as client:
        pool = shlex.split(take("worker start"))[-1]
        with running(typed[-1], PREFECT_API_URL=prefect_api):
            wait_until(lambda: polled(prefect_api, pool), DEADLINE, "a worker polls")
        deployment = create_deployment(
            client,
            load_flow_from_entrypoint("flow.py:flow"),
            entrypoint="flow.py:flow",
            name="name",
            work_pool=pool,
            labels={},
            schedules=[Interval(timedelta(hours=1))],
        )
        assert "flow/name" in type_command(take("deployment ls"))
        assert "Created flow run" in type_command(take("deployment run"))
        (made,) = client.read_flow_runs(
            deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=["name"])),
            flow_run_filter=FlowRunFilter(parent_flow_run_id=None),
        )
        assert made.parameters == {"rows": 9}

        (schedule,) = client.read_deployment_schedules(deployment)
        assert str(schedule.id) in type_command(take("deployment schedule ls"))
        for verb, active in (("pause", False), ("resume", True)):
            type_command(take(f"deployment schedule {verb}").replace("SCHEDULE_ID", str(schedule.id)))
            assert client.read_deployment_schedules(deployment)[0].active is active

        assert str(made.id) in type_command(take("flow-run ls"))
        type_command(take("flow-run logs").replace("RUN_ID", str(made.id)))
        type_command(take("flow-run cancel").replace("RUN_ID", str(made.id)))
        assert client.read_flow_run(made.id).state.is_cancelled()
    monkeypatch.setenv("PREFECT_API_URL", prefect_api)
    assert f"PREFECT_API_URL='{prefect_api}' (from env)" in type_command(take("config view"))
    assert typed == COMMANDS


def answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.HTTPError:
        return False


def polled(prefect_api: str, pool: str) -> bool:
    """Whether a worker has told the server that it polls this pool."""
    answer = httpx.post(f"{prefect_api}/work_pools/{pool}/workers/filter", json={})
    return answer.is_success and answer.json() != []


@pytest.mark.usefixtures("prefect_api")
def test_the_guides_blocks_run(work_pool, tmp_path):
    with get_client(sync_client=True) as client:
        flow = load_flow_from_entrypoint(ENRICH)
        create_deployment(
            client, flow, entrypoint=ENRICH, name="part2_resilience", work_pool=work_pool, labels={"guide": ""}
        )
        texts = blocks("deployment_guide.md")
        assert [title for title, _ in texts] == ["serve", "A work pool and a worker"]
        for _, code in texts:
            run(code, tmp_path)
        made = client.read_flow_runs(
            deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=["part2_resilience"])),
            flow_run_filter=FlowRunFilter(tags=FlowRunFilterTags(all_=["guide"])),
        )
    assert [flow_run.parameters["currency"] for flow_run in made] == ["GBP"]
    assert made[0].state.is_scheduled()


def test_every_file_that_a_document_names_exists():
    for document in DOCS.glob("*.md"):
        for name in re.findall(r"`((?:workshop|tests)/[\w/.]+\.\w+)", document.read_text()):
            assert (ROOT / name).is_file(), f"{document.name} names {name}"
