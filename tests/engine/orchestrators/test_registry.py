"""Every registered tool keeps the contract; so does the third one of the tests."""

import ast
import importlib
import json
import shlex
from dataclasses import replace

import pytest

from app.engine.errors import InvalidParameters
from app.engine.orchestrators.contract import Orchestrator, Target, Trigger
from app.engine.orchestrators.equivalents import as_curl
from app.engine.orchestrators.registry import TOOLS, mlflow_tags, tool_named, tool_of
from app.engine.stack.services import SERVICES
from app.settings import ROOT, Settings
from tests.components.facts import RUN
from tests.engine.triggers import FLOW_CLICK, JOB_CLICK
from tests.third_tool.tool import new_tool
from workshop.facts import RunPhase

THIRD = new_tool()
THIRD_CLICK = replace(FLOW_CLICK, target=Target(THIRD.name, "part5.main", "id", FLOW_CLICK.target.schema))
CLICKS = {"prefect": FLOW_CLICK, "dagster": JOB_CLICK, "simple": THIRD_CLICK}
FOLDERS = {"simple": "tests.third_tool"}
FUNCTION = "@flow\ndef first(): pass"


def own_words(tool):
    """The tool's own lists; each tool's tests have them in `own_words.py`."""
    folder = FOLDERS.get(tool.name, f"tests.engine.orchestrators.{tool.name}")
    return importlib.import_module(f"{folder}.own_words")


@pytest.mark.parametrize("tool", [*TOOLS.values(), THIRD], ids=lambda tool: tool.name)
class TestEachTool:
    @pytest.fixture
    def client(self, tool) -> Orchestrator:
        return tool.connect(Settings(_env_file=None))

    @pytest.fixture
    def click(self, tool) -> Trigger:
        return CLICKS[tool.name]

    def test_every_state_of_its_own_list_has_a_phase_and_no_other_has(self, tool):
        assert set(tool.run_states) == own_words(tool).run_states()
        assert set(tool.task_states) == own_words(tool).task_states()
        assert RunPhase.UNKNOWN not in {*tool.run_states.values(), *tool.task_states.values()}

    def test_a_run_can_wait_run_and_end_in_each_way(self, tool):
        assert set(tool.run_states.values()) == set(RunPhase) - {RunPhase.UNKNOWN}

    def test_a_run_that_is_being_cancelled_is_told_by_a_state_that_is_no_end(self, tool):
        states = {state.casefold(): phase for state, phase in tool.run_states.items()}
        assert states[tool.being_cancelled.casefold()] is RunPhase.RUNNING
        run = replace(RUN, orchestrator=tool.name)
        assert tool.is_being_cancelled(replace(run, state=tool.being_cancelled))
        assert not any(tool.is_being_cancelled(replace(run, state=state)) for state in ("Running", "STARTED", "busy"))

    def test_a_scheduled_run_is_told_by_its_tag(self, tool):
        assert tool.is_scheduled(replace(RUN, tags={tool.schedule_tag: ""}))
        assert not tool.is_scheduled(replace(RUN, tags={"other": ""}))

    def test_its_words_are_words(self, tool):
        said = (tool.title, tool.run_title, tool.run_noun, tool.called_runs_title, tool.target_must_be, tool.mlflow_tag)
        assert all(text.strip() == text != "" for text in said)
        assert tool.after_cancel.endswith(".")
        assert tool.public_url(Settings(_env_file=None)).startswith("http")

    def test_its_client_has_its_name_and_links_a_run(self, tool, client):
        assert client.name == tool.name
        assert client.run_url("a/b").startswith(tool.public_url(Settings(_env_file=None)))
        assert "a/b" not in client.run_url("a/b")

    def test_a_request_is_written_as_curl_and_in_the_tools_own_clients(self, tool, client, click):
        request = client.build_request(click)
        assert json.loads(shlex.split(as_curl(request))[-1]) == request.body
        equivalents = tool.equivalents(request, click.target)
        assert equivalents
        for equivalent in equivalents:
            assert request.public_base_url.partition("://")[2].partition(":")[0] in equivalent.text
            assert click.target.name in equivalent.text
            if equivalent.language == "python":
                ast.parse(equivalent.text)
        assert len({equivalent.title for equivalent in equivalents}) == len(equivalents)

    def test_a_wrong_value_is_a_sentence_before_anything_is_sent(self, tool, client, click):
        wrong = wrong_parameters(click)
        with pytest.raises(InvalidParameters) as checked:
            tool.check_parameters(click.target, wrong)
        with pytest.raises(InvalidParameters) as built:
            client.build_request(replace(click, parameters=wrong))
        assert checked.value.problems == built.value.problems
        assert all(problem.endswith(".") for problem in built.value.problems.values())

    def test_a_step_runs_what_its_code_defines(self, tool):
        (function,) = ast.parse(FUNCTION).body
        target = tool.target_in(function, "first", "part1", "part1")
        assert target
        assert tool.target_of(target, "me") == target


def wrong_parameters(click: Trigger) -> dict[str, object]:
    """Values that are too small, in the shape of the click's own."""
    (name, value), *_ = click.parameters.items()
    return {name: dict.fromkeys(value, -1) if isinstance(value, dict) else -1}


def test_each_folder_is_one_line_in_the_registry():
    folders = {file.parent.name for file in (ROOT / "app" / "engine" / "orchestrators").glob("*/tool.py")}
    assert set(TOOLS) == folders


def test_no_two_tools_can_be_mistaken_for_one_another():
    tools = TOOLS.values()
    for names in ([tool.title for tool in tools], [tool.run_title for tool in tools], list(mlflow_tags().values())):
        assert len(set(names)) == len(TOOLS)


def test_the_services_carry_the_runs_of_registered_tools_and_of_each():
    assert {name for service in SERVICES for name in service.carries} == set(TOOLS)


def test_a_run_leads_to_its_tool():
    for name, tool in TOOLS.items():
        assert tool_named(name) is tool_of(replace(RUN, orchestrator=name)) is tool
