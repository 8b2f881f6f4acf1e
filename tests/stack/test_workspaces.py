"""Two learners' code and one deployment: each flow run works in its own workspace and reports its own code."""

from functools import partial

from app.engine.curriculum.source_code import code_hash
from tests.polling import wait_for_end, wait_until
from tests.stack.conftest import PART1, click_on
from tests.workspaces import edited_workspace, renamed_feature
from workshop.facts import RunPhase
from workshop.naming import CODE_TAG

LOGS_SECONDS = 20
FEATURES = ("ana_orders", "ben_orders")


def engineered(prefect, run_id: str) -> list[str]:
    """What the run's log says of its features; log lines arrive up to some seconds after the last state."""
    return [line.message for line in prefect.snapshot(run_id).logs if line.message.startswith("Engineered")]


def test_each_run_reports_its_own_code(prefect, prefect_api, learner, tmp_path):
    target = prefect.target(PART1)
    workspaces = {name: edited_workspace(tmp_path / name, renamed_feature(name)) for name in FEATURES}
    run_ids = {
        name: prefect.trigger(click_on(target, f"{learner}-{name}", {"dataset": "sample"}, workspace))
        for name, workspace in workspaces.items()
    }
    for name, run_id in run_ids.items():
        run = wait_for_end(prefect, run_id)
        assert run.phase is RunPhase.SUCCEEDED, run.message
        (message,) = wait_until(partial(engineered, prefect, run_id), LOGS_SECONDS, "the log has arrived")
        assert [each for each in FEATURES if each in message] == [name]
        sent = prefect_api.get(f"/api/flow_runs/{run_id}")
        assert sent["deployment_id"] == target.id
        assert sent["job_variables"]["working_dir"] == str(workspaces[name])
        assert run.tags[CODE_TAG] == code_hash(workspaces[name])
    assert len({code_hash(workspace) for workspace in workspaces.values()}) == len(FEATURES)
