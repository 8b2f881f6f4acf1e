"""The supervisor reads of its file what the services' files say, whatever their arguments and variables hold."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from supervisor.options import ServerOptions

from app.engine.stack.local.configuration import configuration
from app.engine.stack.local.environment import stack_environment
from app.engine.stack.services import SERVICES
from tests.conftest import own_settings

PANEL = next(service for service in SERVICES if service.id == "panel")


@pytest.fixture
def read(monkeypatch, tmp_path):
    """Have the supervisor itself read a file, in a stack whose folder has a space in its name."""
    environment = stack_environment(own_settings(tmp_path / "my data"))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def programs(text: str) -> dict[str, Any]:
        sockets = Path(environment["STACK_SOCKETS"])
        sockets.mkdir()
        (Path(environment["STACK_FOLDER"]) / "logs").mkdir(parents=True)
        file = tmp_path / "supervisord.conf"
        file.write_text(text)
        options = ServerOptions()
        options.configfile = str(file)
        options.process_config(do_usage=False)
        sockets.rmdir()
        return {each.name: each for group in options.process_group_configs for each in group.process_configs}

    return programs


def test_every_program_of_every_service_is_there(read):
    assert set(read(configuration())) == {name for service in SERVICES for name in service.programs}


def test_only_what_waits_for_another_service_does_not_start_by_itself(read):
    programs = read(configuration())
    assert [name for name, program in programs.items() if not program.autostart] == ["worker"]


def test_the_services_that_are_told_of_an_end_stop_last(read):
    programs = read(configuration())
    assert {name for name, program in programs.items() if program.priority == 1} == {"mlflow", "prefect"}


def test_spaces_and_percent_signs_stay_where_they_are(read):
    (program,) = PANEL.starts
    odd = replace(
        program,
        arguments=("-m", "x", "50%", "two words", "{DATA_DIR}/x"),
        local_arguments=(),
        environment={"COLOUR": "red 100%", "PLACE": "{DATA_DIR}"},
    )
    panel = read(configuration([replace(PANEL, starts=(odd,))]))["panel"]
    folder = os.environ["DATA_DIR"]
    assert panel.command.split(" ", 1)[1] == f'-m x 50% "two words" "{folder}/x"'
    assert " " in folder
    assert panel.environment == {"COLOUR": "red 100%", "PLACE": folder}
