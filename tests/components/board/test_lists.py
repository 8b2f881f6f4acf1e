"""The board's short lists, empty and filled."""

import pytest

from app.components.board import lists
from app.engine.orchestrators.contract import UpcomingRun
from tests.components.facts import NOW, at, step_run, tracked, version
from tests.shown import shown, words
from workshop.facts import RunPhase


@pytest.mark.parametrize(
    ("draw", "second", "sentence"),
    [
        (lists.show_running, NOW, "Nothing runs right now."),
        (lists.show_upcoming, NOW, "No active schedule."),
        (lists.show_arriving, "roc_auc", "No MLflow run yet."),
        (lists.show_champions, "roc_auc", "No version has the alias champion yet."),
    ],
)
def test_an_empty_list_says_so(draw, second, sentence):
    assert words(shown(draw, [], second)) == sentence
    assert words(shown(draw, [], second, False)) == "Not known while a service does not answer."


def test_running_tells_who_in_which_state_for_how_long():
    runs = [step_run("ada", "part1", RunPhase.RUNNING), step_run("bob", "part2", RunPhase.WAITING)]
    page = shown(lists.show_running, runs, at(31))
    assert words(page).splitlines() == [
        ":blue-badge[:material/progress_activity: Running]",
        r"**ada · part1** 30 s",
        ":orange-badge[:material/schedule: AwaitingRetry]",
        r"**bob · part2** 31 s",
    ]


@pytest.mark.parametrize(("count", "more"), [(4, None), (5, "and 1 more"), (30, "and 26 more")])
def test_a_crowd_is_counted_and_not_listed(count, more):
    runs = [step_run(f"learner{number}", "part1", RunPhase.RUNNING) for number in range(count)]
    page = shown(lists.show_running, runs, at(31))
    assert sum("learner" in line for line in words(page).splitlines()) == 4
    assert [caption.value for caption in page.caption] == ([more] if more else [])


@pytest.mark.parametrize(("second", "left"), [(45, "45 s"), (99, "99 s"), (600, "10 min"), (-3, "now")])
def test_the_next_scheduled_run_is_counted_down(second, left):
    runs = [UpcomingRun("prefect", "flow/nightly", at(second))]
    assert words(shown(lists.show_upcoming, runs, NOW)) == rf":material/alarm: **{left}** flow/nightly"


def test_arriving_runs_tell_their_metric_or_a_dash():
    page = shown(lists.show_arriving, [tracked(1, roc_auc=0.81234), tracked(2)], "roc_auc")
    assert words(page).replace("\\", "").splitlines() == [
        "`12:00:00` **0.812** ada · sample :gray[forest-1]",
        "`12:00:00` **–** ada · sample :gray[forest-2]",
    ]


@pytest.mark.parametrize(("metrics", "told"), [({"roc_auc": 0.9}, "roc_auc 0.900"), ({}, "")])
def test_a_champion_is_named_with_its_version_and_metric(metrics, told):
    page = shown(lists.show_champions, [version(3, "champion", **metrics)], "roc_auc")
    assert words(page).replace("\\", "") == f":material/trophy: **churn-predictor v3** {told}".rstrip()
