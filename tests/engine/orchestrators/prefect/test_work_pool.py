"""The work pool's job template: what a run is started with when nobody says otherwise."""

import json
import shlex
import sys

import pytest

from app.engine.orchestrators.prefect.work_pool import TEMPLATE, job_template, register_pool
from tests.conftest import own_settings
from tests.engine.http_service import http_service


@pytest.fixture
def settings(tmp_path):
    return own_settings(tmp_path, workspace=tmp_path / "a" / ".." / "work")


def defaults_of(template):
    return {name: part.get("default") for name, part in template["variables"]["properties"].items()}


def test_a_run_that_names_no_workspace_uses_the_stacks_own(settings, tmp_path):
    assert defaults_of(job_template(settings))["working_dir"] == str(tmp_path / "work")


def test_a_run_starts_one_python_the_stacks_own(settings):
    command = shlex.split(defaults_of(job_template(settings))["command"])
    assert command == [sys.executable, "-m", "prefect.engine"]


def test_every_placeholder_has_its_variable(settings):
    template = job_template(settings)
    placeholders = {value.strip("{} ") for value in template["job_configuration"].values()}
    assert placeholders == set(template["variables"]["properties"])


def test_the_file_itself_names_no_machine():
    stored = defaults_of(json.loads(TEMPLATE.read_text()))
    assert (stored["command"], stored["working_dir"]) == (None, None)


@pytest.mark.parametrize(
    ("exists", "method", "path"),
    [((404, {}), "POST", "/api/work_pools/"), ((200, {}), "PATCH", "/api/work_pools/workshop")],
)
def test_the_pool_is_created_once_and_then_brought_up_to_date(tmp_path, exists, method, path):
    with http_service() as service:
        service.answers = [exists, (200, {})]
        settings = own_settings(tmp_path, prefect_internal_url=service.url)
        register_pool(settings)
    assert service.asked[1][:2] == (method, path)
    sent = service.asked[1][2]
    assert sent["base_job_template"] == job_template(settings)
    assert ("concurrency_limit" in sent) is (method == "POST")
