"""With every service down, each page names what does not answer and how to start it."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from app.components.page.memory import memory
from app.components.tracking.run_filter import Filter
from app.engine.curriculum.steps import discover
from app.engine.stack.services import SERVICES
from app.engine.tracking.client import NEWEST_FIRST
from app.settings import ROOT, Settings
from app.views import live, models, runs, services, step
from tests.components.facts import tracked
from tests.shown import as_read, charts, page_of, shown, words

STEPS = discover(ROOT)
RUN_ID = "6c1f1c5e-0000-4000-8000-000000000000"
WAITS = "This page continues by itself once it answers."
TITLES = {"prefect": "Prefect", "dagster": "Dagster", "mlflow": "MLflow", "unreliable_api": "The unreliable API"}
each_step = pytest.mark.parametrize("item", STEPS, ids=lambda item: item.id)


def sentence(settings: Settings, service: str) -> str:
    url = settings.public_url(service)
    return f"{TITLES[service]} does not answer at {url}. Start what is missing with `make up`."


def warnings(page: AppTest) -> list[str]:
    assert not page.exception
    return [as_read(warning.value) for warning in page.warning]


@pytest.mark.parametrize(("view", "heading"), [(runs, "Runs"), (models, "Models")])
def test_the_pages_of_mlflow_say_once_that_it_is_down(services_down, view, heading):
    page = shown(view.show)
    assert warnings(page) == [f"{sentence(services_down, 'mlflow')} {WAITS}"]
    assert page.title[0].value == heading


@pytest.mark.usefixtures("services_down")
@pytest.mark.parametrize("view", [runs, models])
def test_what_is_not_known_is_not_called_empty(view):
    page = shown(view.show)
    assert (len(page.info), len(page.dataframe)) == (0, 0)


def test_the_runs_that_were_known_stay_and_one_warning_speaks_for_all_questions(services_down):
    page = page_of(runs.show)
    page.query_params["runs"] = ["m1", "m9"]
    memory().remember("experiments", ["churn"])
    memory().remember(("runs", Filter((), "", NEWEST_FIRST)), [tracked(1, roc_auc=0.8)])
    page.run()
    (warning,) = warnings(page)
    assert warning.startswith(f"{sentence(services_down, 'mlflow')} {WAITS}")
    assert page.dataframe[0].value["run"].tolist() == ["forest-1"]
    assert "Tick one more run in the table." in words(page)


@pytest.mark.usefixtures("services_down")
def test_the_filter_of_the_runs_can_be_used_meanwhile_and_is_not_lost():
    page = page_of(runs.show)
    page.query_params |= {"search": "forest", "sort": "roc_auc", "experiment": "churn"}
    page.run()
    page.text_input("search").set_value("linear").run()
    assert len(warnings(page)) == 1
    assert (page.text_input("search").value, page.selectbox("sort").value) == ("linear", "roc_auc")
    assert page.multiselect("experiment").value == ["churn"]


def test_the_board_names_what_is_down_and_stays_a_board(services_down):
    page = shown(live.show)
    assert warnings(page) == []
    assert all(sentence(services_down, name) in words(page) for name in ("mlflow", "prefect", "dagster"))
    unknown = [service for service in SERVICES if service.asked_through]
    assert words(page).count(":gray-badge[:material/help:") == len(unknown) == 2
    assert words(page).count(":red-badge[:material/cloud_off:") == len(SERVICES) - len(unknown)
    assert len(charts(page)) == 2


@pytest.mark.usefixtures("services_down")
def test_the_board_fills_a_projector_and_has_no_button_there():
    page = page_of(live.show)
    page.query_params["projector"] = "1"
    page.run()
    assert not page.exception
    assert page.get("link_button") == []


def test_the_services_page_says_of_each_service_how_to_start_it(services_down):
    page = shown(services.show)
    (said,) = warnings(page)
    assert said.startswith("The local supervisor does not answer")
    tellers = {"prefect": "Prefect", "dagster": "Dagster"}
    assert [as_read(caption.value) for caption in page.caption] == [
        f"{each.title}: nothing is known of it, because {tellers[each.asked_through]} does not answer, "
        f"which tells of it. What helps {tellers[each.asked_through]} helps here."
        if each.asked_through
        else f"{each.title}: nothing answers at {services_down.public_url(each.url_name)}. Start it with `make up`."
        for each in SERVICES
    ]
    assert not page.button


@each_step
def test_a_step_can_be_read_and_says_once_what_its_button_waits_for(services_down, item):
    page = shown(step.show, item)
    needed = [item.actions[0].orchestrator, *(["unreliable_api"] if "fault_dial" in item.parts else [])]
    assert warnings(page) == [f"{sentence(services_down, name)} {WAITS}" for name in needed]
    assert not page.error
    assert page.title[0].value == item.title
    assert item.text.splitlines()[0] in words(page)
    assert item.actions[0].label not in [button.label for button in page.button]


@each_step
@pytest.mark.usefixtures("services_down")
def test_the_code_of_a_step_is_shown_whatever_is_down(item):
    (panel,) = shown(step.show, item).get("bidi_component")
    blocks = json.loads(panel.proto.json)["blocks"]
    for name, block in zip(item.actions[0].functions, blocks, strict=True):
        assert re.search(rf"^((async )?def |class )?{name}\b", block["code"], re.MULTILINE)


@each_step
@pytest.mark.usefixtures("services_down")
def test_a_check_says_that_it_cannot_look_and_why(item):
    page = shown(step.show, item)
    page.button(f"check:{item.id}").click().run()
    assert not page.exception
    assert ":gray-badge[:material/cloud_off: Cannot look]" in words(page)
    assert "Passed" not in words(page)
    assert any("does not answer at" in caption.value for caption in page.caption)


@each_step
@pytest.mark.usefixtures("services_down")
def test_hints_come_one_at_a_time_whatever_is_down(item):
    page = shown(step.show, item)
    for number, hint in enumerate(item.hints, 1):
        page.button(f"hint:{item.id}").click().run()
        assert not page.exception
        assert f"- {hint}" in words(page)
        assert sum(f"- {other}" in words(page) for other in item.hints) == number
    assert f"hint:{item.id}" not in [button.key for button in page.button]


@each_step
def test_a_run_in_the_address_is_named_as_unread(services_down, item):
    page = page_of(step.show, item)
    page.query_params["run"] = RUN_ID
    page.run()
    assert f"{sentence(services_down, item.actions[0].orchestrator)} {WAITS}" in warnings(page)
    assert "What it did" in [heading.value for heading in page.subheader]
    assert page.query_params["run"] == RUN_ID


@pytest.mark.parametrize("value", ["../admin/version", "![x](http://127.0.0.1:3000/graphql?query=mutation)", "\0"])
@pytest.mark.usefixtures("services_down")
def test_what_cannot_be_a_run_in_the_address_is_a_sentence_and_nobody_is_asked_for_it(value):
    page = page_of(step.show, STEPS[0])
    page.query_params["run"] = value
    page.run()
    assert not page.exception
    assert as_read(page.info[0].value).startswith("The address asks for a run that cannot be one: ")
    assert "What it did" not in [heading.value for heading in page.subheader]
