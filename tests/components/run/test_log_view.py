"""A run's log as text: when, how bad, which task, what."""

from app.components.run import log_view
from app.engine.orchestrators.contract import LogLine
from tests.components.facts import at
from tests.shown import shown, words

LINES = (LogLine(at(1.25), "info", "", "Beginning"), LogLine(at(2), "error", "train", "no *rows*"))


def test_each_line_tells_when_how_bad_and_which_task():
    page = shown(log_view.show, LINES)
    first, second = page.code[0].value.splitlines()
    assert first == f"{at(1.25).astimezone():%H:%M:%S}.250  INFO     Beginning"
    assert second.endswith(".000  ERROR    [train] no *rows*")


def test_a_run_that_has_written_nothing_says_so():
    page = shown(log_view.show, ())
    assert (len(page.code), words(page)) == (0, "No log line yet.")


def test_colours_for_a_terminal_are_left_out_and_a_very_long_line_is_cut():
    lines = (LogLine(at(1), "info", "", "\x1b[32mgreen\x1b[0m"), LogLine(at(2), "info", "", "y" * 100_000))
    first, second = shown(log_view.show, lines).code[0].value.splitlines()
    assert first.endswith("INFO     green")
    assert second.count("y") == log_view.MOST_LETTERS
    assert second.endswith(" …")
