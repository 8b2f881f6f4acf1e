"""A third tool is one folder and one line in the registry: every page knows it, and nothing else was edited."""

from dataclasses import replace

import pytest

from app.components.reads.curriculum import evidence
from app.components.reads.runs import latest_by_step, snapshot
from app.components.run import status
from app.components.tracking.run_table import show_run_table
from app.engine.curriculum.steps import discover
from app.engine.orchestrators.registry import TOOLS
from app.views import live, step
from tests.components.facts import tracked
from tests.engine.content import FLOW, STEP, write_step
from tests.polling import wait_until
from tests.shown import Link, as_read, links, page_of, panel, shown, words
from tests.third_tool.tool import new_tool

TEXT = STEP.replace("orchestrator: prefect", "orchestrator: simple")
CHECK = '''from workshop.checking import NotYet, passed


def it_ran(evidence):
    """Run it to its end."""
    for run in evidence.runs_of("simple"):
        if run.phase.is_final and evidence.task_runs(run):
            return passed("It is done.", run)
    raise NotYet("Press Run.")
'''


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """The third tool, registered; a panel whose only step runs on it, with all other services down."""
    tool = new_tool()
    monkeypatch.setitem(TOOLS, tool.name, tool)
    (write_step(tmp_path, text=TEXT, code=FLOW).parent / "check.py").write_text(CHECK)
    with panel(tmp_path / "data", tmp_path):
        yield tool


@pytest.fixture
def item(tool, tmp_path):  # noqa: ARG001
    (only,) = discover(tmp_path)
    assert only.problem == ""
    return only


@pytest.fixture
def step_page(item):
    """The step's page, before anything ran."""
    page = shown(step.show, item)
    assert not page.exception
    return page


@pytest.fixture
def run_id(tool, step_page):
    """The run that a click has started."""
    run_button(step_page).click().run()
    assert not step_page.exception
    (run_id,) = tool.service.runs
    return run_id


def run_button(page):
    (button,) = [button for button in page.button if button.label == "Run the flow"]
    return button


def moved(tool, run_id, state) -> str:
    """Let the run come to a state, and the panel forget what it knew."""
    tool.service.move(run_id, state)
    snapshot.clear()
    return run_id


def test_a_click_on_the_steps_page_starts_one_run(tool, step_page, run_id):
    run = tool.service.runs[run_id]
    assert (run.target, run.parameters) == ("first.first_flow", {"rows": 3})
    assert step_page.query_params["run"] == run_id
    assert run_button(step_page).disabled


def test_the_run_is_followed_with_its_state_its_log_and_its_link(tool, item, run_id):
    page = page_of(step.show, item)
    page.query_params["run"] = run_id
    assert ":blue-badge[:material/progress_activity: busy]" in words(page.run())
    assert Link("Simple run small-run", f"https://simple.example/runs/{run_id}") in links(page)
    assert any("250 customers" in block.value for block in page.code)
    page = shown(status.show_head, tool.name, moved(tool, run_id, "done"))
    assert ":green-badge[:material/check_circle: done]" in words(page)
    assert not page.button


def test_a_run_that_is_being_cancelled_is_not_cancelled_again(tool, run_id):
    page = shown(status.show_head, tool.name, run_id)
    page.button[0].click().run()
    wait_until(lambda: tool.service.runs[run_id].state == "stopping", 10, "the run is asked to stop")
    snapshot.clear()
    assert [(button.label, button.disabled) for button in page.run().button] == [("Cancelling …", True)]


def test_what_a_cancelled_run_means_is_the_tools_own_sentence(tool, run_id):
    page = shown(status.show, tool.name, moved(tool, run_id, "stopped"))
    assert [as_read(info.value).strip() for info in page.info] == ["Stopped at once."]


def test_why_a_run_waits_is_said_below_the_button(tool, item):
    tool.service.limit = "Two runs are under way: this one has to wait."
    page = shown(step.show, item)
    run_button(page).click().run()
    assert any(tool.service.limit in as_read(caption.value) for caption in page.caption)


def test_the_request_is_shown_as_curl_and_as_the_tools_own_command(step_page):
    assert [tab.label for tab in step_page.tabs] == ["curl: the request itself", "Simple's own command"]
    curl, command = (tab.code[0].value for tab in step_page.tabs)
    assert "https://simple.example/runs" in curl
    assert command == "simple run first.first_flow --server https://simple.example"
    assert "It asks nothing." in words(step_page)


def test_the_check_finds_the_run_and_links_it(tool, item, run_id):
    page = shown(step.show, item)
    page.button("check:first").click().run()
    assert "Press Run." in words(page)
    tool.service.move(run_id, "done")
    page.button("check:first").click().run()
    assert not page.exception
    assert "It is done." in words(page)
    assert Link("simple run small-run", f"https://simple.example/runs/{run_id}") in links(page)


def test_evidence_asks_the_tool_about_its_run(tool, item, run_id):
    of_me = evidence("me", item.id)
    (run,) = of_me.runs_of(tool.name)
    assert run.id == run_id
    assert [task.name for task in of_me.task_runs(run)] == ["load"]
    assert dict(of_me.changed_parameters(run)) == {"rows": 3}
    assert (of_me.child_runs(run), of_me.artifacts(run), of_me.materializations(run)) == ([], [], [])
    assert evidence("ada", item.id).runs_of(tool.name) == []


@pytest.mark.usefixtures("run_id")
def test_the_board_shows_the_run():
    page = shown(live.show)
    assert not page.exception
    assert "**me · first**" in words(page)
    assert ":blue-badge[:material/progress_activity: busy]" in words(page)


@pytest.mark.usefixtures("run_id")
def test_home_knows_the_newest_run_of_the_step(item):
    assert latest_by_step("me", [item])[item.id].state == "busy"


def test_an_mlflow_run_names_the_tool_that_made_it(tool, run_id):
    made = replace(tracked(1), tags={tool.mlflow_tag: run_id})
    (table,) = shown(show_run_table, [made], "runs").dataframe
    assert table.value["maker"].tolist() == ["Simple"]
    assert table.value["maker_url"].tolist() == [f"https://simple.example/runs/{run_id}"]


def test_without_its_line_the_step_says_that_nobody_knows_the_tool(tmp_path, tool, monkeypatch):
    monkeypatch.delitem(TOOLS, tool.name)
    (only,) = discover(tmp_path)
    assert "`actions.0.orchestrator`: Input should be 'prefect' or 'dagster'" in only.problem
