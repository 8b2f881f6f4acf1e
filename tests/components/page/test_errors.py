"""An error of the engine becomes a sentence in its place, and no fault shows its traceback."""

from pathlib import Path

import pytest
import streamlit as st

from app.components.page.errors import explain
from app.engine.errors import (
    CodeDoesNotLoad,
    ContentError,
    InvalidParameters,
    NotFound,
    NotRegistered,
    ServiceBusy,
    ServiceDown,
    ServiceRefused,
)
from tests.shown import as_read, shown, words

URL = "http://127.0.0.1:4200"


def draw(error: BaseException) -> None:
    with explain():
        st.markdown("before")
        raise error
    st.markdown("after")


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (ServiceDown("Prefect", URL), "warning", f"Prefect does not answer at {URL}. Start what is missing with"),
        (ServiceDown("Prefect", URL), "warning", "This page continues by itself once it answers."),
        (ServiceBusy("MLflow", URL, "time-out"), "warning", f"MLflow is slow to answer at {URL} (time-out)."),
        (ServiceBusy("MLflow", URL, "time-out"), "warning", "This page keeps asking."),
        (NotFound("Prefect has no flow run r1."), "info", "Prefect has no flow run r1."),
        (ServiceRefused("MLflow", "no such column"), "error", "MLflow refused: no such column"),
        (NotRegistered("Prefect has no deployment a/b."), "error", "Prefect has no deployment a/b."),
        (InvalidParameters({"trees": "0 is too small."}), "error", "trees: 0 is too small."),
        (ContentError(Path("step.md"), 3, "this is not YAML."), "error", "step.md:3: this is not YAML."),
        (CodeDoesNotLoad("flow.py does not load"), "error", "flow.py does not load"),
    ],
)
def test_an_error_of_the_engine_is_a_sentence_and_the_page_goes_on(error, kind, sentence):
    page = shown(draw, error)
    assert sentence in as_read(page.get(kind)[0].value)
    assert [element.value for element in page.markdown] == ["before", "after"]
    assert not page.exception


@pytest.mark.parametrize("fault", [KeyError("secret"), ZeroDivisionError("secret"), OSError("secret")])
def test_a_fault_of_the_panel_is_told_without_its_traceback_which_the_log_has(fault, caplog):
    page = shown(draw, fault)
    assert "Something unexpected happened here" in page.error[0].value
    assert "`make logs`" in page.error[0].value
    assert "secret" not in words(page)
    assert not page.exception
    assert any(record.exc_info and record.exc_info[1] is fault for record in caplog.records)


def test_what_stops_or_reruns_a_page_is_no_error():
    def stop() -> None:
        with explain():
            st.markdown("before")
            st.stop()
        st.markdown("after")

    assert words(shown(stop)) == "before"
