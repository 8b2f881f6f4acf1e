"""An id is checked before it is used, and a quoted part of a path leads to no other folder."""

import ast
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from app.engine.addresses import deployment_path, in_path, is_mlflow_run_id, is_run_id
from app.engine.orchestrators.dagster.client import Dagster
from app.engine.orchestrators.prefect.client import Prefect
from app.engine.tracking.client import MlflowStore
from app.engine.unreliable_api import FaultDial
from app.settings import ROOT
from tests.engine.http_service import http_service

ENGINE = sorted((ROOT / "app" / "engine").rglob("*.py"))
RUN_ID = "6c1f1c5e-0000-4000-8000-000000000000"
NO_IDS = (
    "",
    "r1",
    "../admin/version",
    f"{RUN_ID}\n",
    f"{RUN_ID}/..",
    f"![x]({RUN_ID})",
    "0" * 10_000,
    "\x00",
    "%2e%2e",
)
PARTS = ("..", ".", "../admin/version", "a/b", "a?b=c", "a#b", "100 %", "%2e%2e", "ünï", "a;b", "a\\b", "\x00", "a\nb")


@pytest.mark.parametrize("text", NO_IDS)
def test_what_cannot_be_an_id_is_none(text):
    assert not is_run_id(text)
    assert not is_mlflow_run_id(text)


def test_ids_are_known_by_their_form():
    assert is_run_id(RUN_ID)
    assert is_mlflow_run_id("0123456789abcdef" * 2)
    assert not is_mlflow_run_id(RUN_ID)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_a_path_stays_one_part(part):
    url = httpx.URL(f"http://127.0.0.1:1/api/runs/{in_path(part)}/logs")
    assert url.raw_path.decode().count("/") == 4
    assert not set(in_path(part)) & set("/?#\\ \n\x00")
    assert unquote(in_path(part)) == part


def test_a_deployment_is_found_by_whatever_its_flow_is_called():
    assert deployment_path("Churn #2/part1") == "/api/deployments/name/Churn%20%232/part1"
    assert deployment_path("Will they stay?/a") == "/api/deployments/name/Will%20they%20stay%3F/a"


@pytest.mark.parametrize("run_id", ["../admin/version", "../../api/admin/settings", "a?b#c"])
def test_what_is_asked_for_stays_in_its_folder(run_id):
    with http_service() as service:
        service.answers = [(404, {}), (404, {})]
        with pytest.raises(Exception, match="Prefect has no flow run"):
            Prefect(service.url, "http://public", "pool").run(run_id)
        with pytest.raises(Exception, match="knows nothing"):
            FaultDial(service.url, "http://public").read(run_id)
        asked = [path for _, path, _ in service.asked]
    assert asked == [f"/api/flow_runs/{in_path(run_id)}", f"/{in_path(run_id)}/dial"]


def test_pages_of_the_tools_are_linked_with_quoted_names():
    assert Prefect("http://p", "http://p", "pool").run_url("../x") == "http://p/runs/flow-run/..%2Fx"
    assert Dagster("http://d", "http://d").run_url("../x") == "http://d/runs/..%2Fx"
    assert MlflowStore("http://m", "http://m").model_url("a/b#c") == "http://m/#/models/a%2Fb%23c"


def unquoted(text: str) -> list[str]:
    """Values right behind a slash that are neither quoted nor numbers of ours."""
    return [
        ast.unparse(value)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.JoinedStr)
        for before, value in zip(node.values, node.values[1:], strict=False)
        if isinstance(before, ast.Constant)
        and str(before.value).endswith("/")
        and isinstance(value, ast.FormattedValue)
        if not ast.unparse(value.value).startswith(("in_path(", "quote("))
    ]


NEEDS_NO_QUOTES = {
    "{step}": "in a deployment's name",
    "{deployment['name']}": "in a deployment's name",
    "{version}": "a number",
    "{public.netloc}": "a host of the settings",
    "{urls[0].netloc}": "a host of the settings",
    "{pid}": "digits, in a path of the kernel",
    "{place.data / 'mlflow' / 'mlflow.db'}": "a file of ours",
}


@pytest.mark.parametrize("file", ENGINE, ids=lambda file: file.name)
def test_no_path_is_built_from_what_is_not_quoted(file: Path):
    assert [each for each in unquoted(file.read_text()) if each not in NEEDS_NO_QUOTES] == []


@pytest.mark.parametrize(
    "line", ['get(f"/api/flow_runs/{run_id}")', 'f"{url}/runs/{run.id}/logs"', 'f"/{learner}/dial"']
)
def test_a_path_that_is_not_quoted_is_found(line):
    assert len(unquoted(line)) == 1
