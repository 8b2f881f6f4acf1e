"""Check my work: each goal with its verdict, the proof, and what could not be looked at."""

import pytest
from streamlit.testing.v1 import AppTest

from app.components.step import check_panel
from app.engine.curriculum.steps import discover
from tests.engine.content import write_step
from tests.shown import Link, as_read, links, shown, words

pytestmark = pytest.mark.usefixtures("services_down")
CHECK = '''from datetime import UTC, datetime
from workshop.checking import NotYet, passed
from workshop.facts import RunPhase, Run

RUN = Run("prefect", "r1", "calm-owl", "flow/first", "Completed", RunPhase.SUCCEEDED, datetime(2026, 1, 1, tzinfo=UTC))


def first_goal(evidence):
    """Run it."""
    return passed("It is Completed.", RUN)


def second_goal(evidence):
    """Run it twice."""
    raise NotYet("Press Run again.", RUN)
'''
DOWN = '''

def third_goal(evidence):
    """Run it in peace."""
    return passed("There are runs.", *evidence.flow_runs())
'''
BROKEN = '''

def third_goal(evidence):
    """Run it in peace."""
    return evidence.nothing
'''
BOTH_REACHED = CHECK.replace('raise NotYet("Press Run again.", RUN)', 'return passed("There are two.")')


@pytest.fixture
def panel_of(tmp_path):
    """A step's panel with this `check.py`."""

    def show(code: str) -> AppTest:
        (write_step(tmp_path).parent / "check.py").write_text(code)
        return shown(check_panel.show, discover(tmp_path)[0])

    return show


def pressed(page: AppTest) -> list[str]:
    """What is written once the button was pressed."""
    page.button[0].click().run()
    assert not page.exception
    return words(page).splitlines()


def test_a_check_that_did_not_pass_is_counted_each_time_it_is_asked_for(panel_of):
    page = panel_of(CHECK)
    for count in (1, 2):
        pressed(page)
        page.run()
        assert page.session_state["failed_checks:first"] == count


def test_a_check_that_passes_is_not_counted(panel_of):
    page = panel_of(BOTH_REACHED)
    pressed(page)
    assert "failed_checks:first" not in page.session_state


def test_nothing_is_judged_before_the_button_is_pressed(panel_of):
    assert words(panel_of(CHECK)) == "Check my work"


def test_each_goal_has_its_verdict_and_what_to_do_next(panel_of):
    assert pressed(page := panel_of(CHECK))[1:] == [
        ":green-badge[:material/check_circle: Passed]",
        "**Run it.**",
        "It is Completed.",
        "flow run calm-owl",
        ":orange-badge[:material/pending: Not yet]",
        "**Run it twice.**",
        "Press Run again.",
        "flow run calm-owl",
    ]
    assert links(page)[0] == Link("flow run calm-owl", "https://prefect.example/runs/flow-run/r1")
    assert not page.success


def test_when_every_goal_is_reached_it_says_so(panel_of):
    pressed(page := panel_of(BOTH_REACHED))
    assert page.success[0].value == "Every goal of this step is reached."


@pytest.mark.parametrize(
    ("goal", "why"), [(DOWN, "Prefect does not answer"), (BROKEN, "this check broke: AttributeError")]
)
def test_a_goal_at_which_nobody_can_look_leaves_the_others_judged(panel_of, goal, why):
    page = panel_of(BOTH_REACHED + goal)
    lines = pressed(page)
    assert sum("Passed" in line for line in lines) == 2
    assert ":gray-badge[:material/cloud_off: Cannot look]" in lines
    assert why in lines[-1]
    assert not page.success


def test_a_check_file_that_does_not_load_is_a_sentence_with_its_line(panel_of):
    pressed(page := panel_of("\nimport no_such_module"))
    assert as_read(page.error[0].value).endswith("check.py:2: this does not load: No module named 'no_such_module'.")


def test_a_verdict_may_have_code_and_what_a_service_says_in_it_is_text(panel_of):
    hostile = '"calm-owl", "flow/first"', '"![x](http://evil.example)", "flow/first"'
    verdict = "passed('{run} *is* it: `retries=3`.', RUN, run=RUN.name)"
    page = panel_of(CHECK.replace(*hostile).replace('passed("It is Completed.", RUN)', verdict))
    lines = pressed(page)
    assert lines[3:5] == ["![x](http://evil.example) *is* it: `retries=3`.", "flow run ![x](http://evil.example)"]
    assert not any("![" in element.value for element in page.markdown)
