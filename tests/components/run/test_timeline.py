"""The time axis of a run: a bar for each attempt and each wait, in the colour of how it ended."""

from dataclasses import replace

import pytest

from app.components.page.badges import BAR_COLORS
from app.components.run import timeline
from app.components.run.timeline import CACHED_COLOR
from tests.components.facts import STATES, attempt, run_in, snapshot, task
from tests.shown import charts, shown, words
from workshop.facts import RunPhase

RETRIED = task("fetch", attempt(1, 2, 3, RunPhase.FAILED), attempt(2, 5, 6, RunPhase.FAILED), attempt(3, 6.01, 8))


def bars(now, **options):
    """What each bar says, where it begins and how long it is, as drawn."""
    (chart,) = charts(shown(timeline.show, now, "key", **options))
    return [
        (task, base, pytest.approx(length), text)
        for trace in chart["data"]
        for (task, _, _), base, length, text in zip(
            trace["customdata"], trace["base"], trace["x"], trace["text"], strict=True
        )
    ]


@pytest.mark.parametrize(
    ("phase", "told"), [(RunPhase.RUNNING, "The first task appears here"), (RunPhase.SUCCEEDED, "No task ran.")]
)
def test_a_run_without_tasks_says_whether_there_will_be_some(phase, told):
    assert told in words(shown(timeline.show, snapshot(run=run_in(phase)), "key"))


def test_each_attempt_is_a_bar_in_seconds_since_the_run_began():
    assert bars(snapshot(task("load", attempt(1, 1, 3)), task("train", attempt(1, 3, 6)))) == [
        ("load", 0, 2, "2.0 s"),
        ("train", 2, 3, "3.0 s"),
    ]


@pytest.mark.parametrize(("seconds", "words"), [(0.25, "0.25 s"), (0.998, "1.0 s"), (1.04, "1.0 s")])
def test_less_than_a_second_has_two_decimals(seconds, words):
    ((_, _, _, label),) = bars(snapshot(task("load", attempt(1, 1, 1 + seconds))))
    assert label == words


def test_the_wait_before_a_retry_is_shown_and_a_gap_that_nobody_asked_for_is_not():
    assert sorted(bars(snapshot(RETRIED)), key=lambda bar: bar[1]) == [
        ("fetch", 1, 1, "1.0 s"),
        ("fetch", 2, 2, "waits 2.0 s"),
        ("fetch", 4, 1, "1.0 s"),
        ("fetch", 5.01, 1.99, "2.0 s"),
    ]


def test_what_still_goes_on_reaches_to_this_moment():
    running = task("train", attempt(1, 2, None, RunPhase.RUNNING), phase=RunPhase.RUNNING)
    waiting = task("fetch", attempt(1, 2, 4, RunPhase.FAILED), phase=RunPhase.WAITING)
    now = snapshot(running, waiting, run=run_in(RunPhase.RUNNING), taken=10)
    assert ("train", 1, 8, "8.0 s") in bars(now)
    assert ("fetch", 3, 6, "waits 6.0 s") in bars(now)


def test_what_a_cancelled_run_left_unfinished_ends_with_it():
    running = task("train", attempt(1, 2, None, RunPhase.RUNNING), phase=RunPhase.RUNNING)
    waiting = task("fetch", attempt(1, 2, 4, RunPhase.FAILED), phase=RunPhase.WAITING)
    cancelled_bars = bars(snapshot(running, waiting, run=run_in(RunPhase.CANCELLED), taken=1000))
    assert [each for each in cancelled_bars if each[1:3] != (1, 2)] == [
        ("train", 1, 4, "4.0 s"),
        ("fetch", 3, 2, "waits 2.0 s"),
    ]


@pytest.mark.parametrize("phase", RunPhase)
def test_a_bar_has_the_colour_of_its_phase(phase):
    now = snapshot(task("load", attempt(1, 1, 3, phase), phase=phase))
    page = shown(timeline.show, now, "key")
    trace = charts(page)[0]["data"][0]
    assert trace["marker"]["color"] == BAR_COLORS[phase]
    assert trace["customdata"] == [["load", STATES[phase], 2.0]]


def test_a_result_from_the_cache_says_so_in_a_colour_of_its_own():
    page = shown(timeline.show, snapshot(task("load", attempt(1, 1, 1.4, state="Cached"))), "key")
    (trace,) = charts(page)[0]["data"]
    assert (trace["marker"]["color"], trace["text"]) == (CACHED_COLOR, ["Cached 0.40 s"])


def test_the_tasks_come_from_top_to_bottom_and_are_told_in_words():
    page = shown(timeline.show, snapshot(task("load", attempt(1, 1, 3)), RETRIED), "key")
    assert charts(page)[0]["layout"]["yaxis"]["categoryarray"] == ["id-of-fetch", "id-of-load"]
    assert charts(page)[0]["layout"]["yaxis"]["ticktext"] == ["load", "fetch"]
    assert "load: Completed; fetch: Completed" in words(page)


def test_a_task_of_no_time_at_all_can_still_be_seen():
    ((_, _, drawn, text), _) = bars(snapshot(task("load", attempt(1, 1, 1)), task("train", attempt(1, 1, 101))))
    assert (text, drawn == pytest.approx(0.6)) == ("0.00 s", True)


@pytest.mark.parametrize(("length", "end"), [(0.0, 5), (20.0, 20)])
def test_two_runs_can_be_drawn_on_one_scale(length, end):
    page = shown(timeline.show, snapshot(task("load", attempt(1, 1, 6))), "key", length=length)
    assert charts(page)[0]["layout"]["xaxis"]["range"] == [0, pytest.approx(end * 1.12)]


def test_names_that_look_like_dates_are_names_and_two_of_one_name_are_two_rows():
    twins = [replace(task("train", attempt(1, 1, 3)), id=f"t{number}") for number in (1, 2)]
    page = shown(timeline.show, snapshot(task("2024-01-01", attempt(1, 1, 2)), *twins), "key")
    axis = charts(page)[0]["layout"]["yaxis"]
    assert axis["type"] == "category"
    assert axis["categoryarray"] == ["t2", "t1", "id-of-2024-01-01"]
    assert axis["ticktext"] == ["2024-01-01", "train", "train"]


def test_a_long_name_is_cut_beside_the_axis_and_whole_where_the_pointer_is_and_never_a_tag():
    name = "<a href='http://evil.example'>" + "y" * 60
    page = shown(timeline.show, snapshot(task(name, attempt(1, 1, 3))), "key")
    (drawn,) = charts(page)[0]["layout"]["yaxis"]["ticktext"]
    assert drawn == "&lt;a href='http://evil.exampl…"
    assert charts(page)[0]["data"][0]["customdata"][0][0] == name.replace("<", "&lt;").replace(">", "&gt;")
