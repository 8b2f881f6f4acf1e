"""The README is a contract: its commands, paths, links and variables exist."""

import re

import pytest

from app.engine.stack.local.environment import SERVICES_WITH_URL
from app.engine.stack.local.ports import port_variable
from app.settings import ROOT, Settings
from tests.tools import readme, services

TEXT = readme.FILE.read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_the_table_of_steps_is_that_of_the_folders():
    assert readme.renewed(TEXT) == TEXT, "run `make docs`"
    assert "part1_tasks_flows" in TEXT


@pytest.mark.parametrize("file", [services.README, services.DOCKER, services.EXAMPLE], ids=lambda file: file.name)
def test_what_is_told_of_the_services_is_what_their_files_say(file):
    assert services.renewed()[file] == file.read_text(encoding="utf-8"), "run `make docs`"


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make ([a-z]+)\b", TEXT))))
def test_every_make_target_exists(target):
    assert target in TARGETS


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\((?!http)([^)#]+)\)", TEXT))))
def test_every_link_into_the_repository_leads_somewhere(path):
    assert (ROOT / path).exists()


def test_the_ports_are_those_of_the_settings():
    for service in SERVICES_WITH_URL:
        default = Settings.model_fields[f"{service}_port"].default
        assert re.search(rf"\| {default} \| `{port_variable(service)}` \|", TEXT)


def test_every_folder_of_the_top_level_is_told():
    told = set(re.findall(r"^(\w+)/ ", TEXT, re.MULTILINE))
    assert told == {path.name for path in ROOT.iterdir() if path.is_dir() and path.name.isalpha()} - {"results"}
