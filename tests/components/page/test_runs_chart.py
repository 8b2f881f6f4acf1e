"""The board's time axis: whose run, of which step, in which state, and whether a schedule started it."""

from dataclasses import replace

import pytest

from app.components.page import runs_chart
from app.components.page.badges import BAR_COLORS
from app.components.page.runs_chart import MOST_ROWS, who_and_what
from tests.components.facts import at, run_in, step_run
from tests.shown import charts, shown, words
from workshop.facts import RunPhase


def chart_of(*runs, now=60):
    page = shown(runs_chart.show, runs, at(now), 300, "board")
    assert not page.exception
    return charts(page)[0], page


def test_an_empty_board_says_that_there_is_no_run():
    chart, page = chart_of()
    assert chart["data"] == []
    assert words(page) == "No run in the last quarter of an hour."
    assert [each["text"] for each in chart["layout"]["annotations"]] == [words(page)]


def test_the_axis_counts_minutes_back_from_now():
    chart, _ = chart_of(step_run("ada", "part1"))
    axis = chart["layout"]["xaxis"]
    assert dict(zip(axis["tickvals"], axis["ticktext"], strict=True)) == {
        0: "now",
        -3: "−3",
        -6: "−6",
        -9: "−9",
        -12: "−12 min",
    }
    assert "annotations" not in chart["layout"]


def test_a_filled_board_says_whose_runs_of_which_step_are_in_which_state():
    chart, page = chart_of(step_run("ada", "part1"), step_run("bob", "part2", RunPhase.FAILED))
    assert words(page) == "ada · part1: Completed; bob · part2: Crashed"
    assert chart["layout"]["yaxis"]["tickvals"] == ["ada · part1", "bob · part2"]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"tags": {"workshop/learner": "ada", "workshop/step": "part1"}}, "ada · part1"),
        ({"tags": {"workshop/step": "part1"}}, "part1"),
        ({"tags": {}}, "flow/part1"),
        ({"tags": {}, "target": ""}, "calm-owl"),
    ],
)
def test_a_run_that_no_page_started_goes_by_its_target(changes, name):
    assert who_and_what(run_in(**changes)) == name


@pytest.mark.parametrize("phase", RunPhase)
def test_a_bar_has_the_colour_of_its_phase(phase):
    chart, _ = chart_of(step_run("ada", "part1", phase))
    (trace,) = chart["data"]
    assert trace["marker"]["color"] == BAR_COLORS[phase]


@pytest.mark.parametrize(
    ("tool", "tag", "shape"),
    [("prefect", "auto-scheduled", "/"), ("dagster", "dagster/schedule_name", "/"), ("prefect", "other", "")],
)
def test_what_a_schedule_started_is_striped(tool, tag, shape):
    chart, _ = chart_of(replace(step_run("ada", "part1", **{tag: ""}), orchestrator=tool))
    assert chart["data"][0]["marker"]["pattern"]["shape"] == shape


def test_the_legend_names_the_colours_and_what_has_no_place():
    runs = [step_run(f"learner{number}", "part1") for number in range(MOST_ROWS)]
    assert "more" not in runs_chart.legend(runs)
    legend = runs_chart.legend([*runs, runs[0], step_run("zoe", "part1"), step_run("zoe", "part2")])
    assert legend.endswith("**and 2 more**")
    assert ":green[■] :gray[succeeded] :red[■] :gray[failed]" in legend


def test_a_bar_lies_where_the_run_was_and_what_still_runs_reaches_to_now():
    done = run_in(started=at(-60), ended=at(0))
    going = step_run("ada", "part1", RunPhase.RUNNING)
    chart, _ = chart_of(done, going)
    assert [(trace["base"], trace["x"]) for trace in chart["data"]] == [
        ([pytest.approx(-59 / 60)], [pytest.approx(59 / 60)]),
        ([-2.0], [1.0]),
    ]


def test_the_axis_keeps_its_span_and_its_rows_whatever_arrives():
    crowd = [step_run(f"learner{number}", "part1") for number in range(MOST_ROWS + 3)]
    empty, _ = chart_of()
    full, _ = chart_of(*crowd)
    assert empty["layout"]["xaxis"]["range"] == full["layout"]["xaxis"]["range"] == [-15, 0.25]
    assert empty["layout"]["yaxis"]["range"] == full["layout"]["yaxis"]["range"]
    assert full["layout"]["yaxis"]["tickvals"] == [f"learner{number} · part1" for number in range(MOST_ROWS)]
