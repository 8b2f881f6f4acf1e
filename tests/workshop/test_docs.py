"""Every block of Python in the workshop's documents runs, and does what it asserts."""

import re
import runpy
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName, FlowRunFilter, FlowRunFilterTags
from prefect.flows import load_flow_from_entrypoint

from tests.workshop.conftest import ROOT
from workshop.deployments import create_deployment

DOCS = ROOT / "workshop" / "docs"
ENRICH = "workshop/prefect/part2_resilience/flow.py:enrich_customers"


def blocks(name: str) -> list[tuple[str, str]]:
    """Every block of Python in a document, with the heading above it."""
    before, *parts = (DOCS / name).read_text().split("```python\n")
    found = []
    for part in parts:
        title = re.findall(r"^#+ (.+)$", before, re.M)[-1]
        code, _, before = part.partition("\n```")
        found.append((title, code + "\n"))
        before = f"# {title}\n{before}"
    return found


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


@pytest.mark.usefixtures("prefect_api")
def test_the_guides_blocks_run(work_pool, tmp_path):
    with get_client(sync_client=True) as client:
        flow = load_flow_from_entrypoint(ENRICH)
        create_deployment(
            client, flow, entrypoint=ENRICH, name="part2_resilience", work_pool=work_pool, labels={"guide": ""}
        )
        found = blocks("deployment_guide.md")
        assert [title for title, _ in found] == ["serve", "A work pool and a worker"]
        for _, code in found:
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
