"""With every service down, Home and each step of the curriculum open in both languages."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.components.page.session import LANGUAGES
from app.engine.curriculum.steps import discover
from app.engine.stack.services import SERVICES
from app.settings import ROOT
from tests.engine.content import STEP, write_step
from tests.shown import SECONDS, as_read, go_to, panel, words

STEPS = discover(ROOT)
OBSERVE = {"live": "### Live", "runs": "Runs", "models": "Models", "services": "Services"}


def home(language: str = "English") -> AppTest:
    page = AppTest.from_file(ROOT / "app" / "main.py", default_timeout=SECONDS)
    page.query_params["language"] = language
    return page.run()


@pytest.fixture
def workspace(tmp_path):
    """The workspace of a panel, for a test to write."""
    with panel(tmp_path / "data", tmp_path):
        yield tmp_path


@pytest.mark.usefixtures("services_down")
def test_home_has_a_card_for_each_step_in_the_order_of_teaching():
    page = home()
    assert not page.exception
    assert [link.label for link in page.get("page_link")] == [f"**{step.title}**" for step in STEPS]
    assert all(step.summary in words(page) for step in STEPS)


def test_home_says_of_each_service_how_to_start_it(services_down):
    said = words(home())
    tellers = {"prefect": "Prefect", "dagster": "Dagster"}
    for service in SERVICES:
        url = services_down.public_url(service.url_name)
        words_of_it = f"{service.title}: nothing answers at {url}. Start it with `make up`."
        if service.asked_through:
            words_of_it = f"What helps {tellers[service.asked_through]} helps here."
        assert words_of_it in said
    down = [service for service in SERVICES if not service.asked_through]
    assert said.count(":red-badge[:material/cloud_off: down]") == len(down)
    assert said.count(":gray-badge[:material/help: not known]") == len(SERVICES) - len(down) == 2


@pytest.mark.usefixtures("services_down")
def test_who_is_new_begins_with_the_first_step():
    page = home()
    assert page.button("continue").label == f"Begin: {STEPS[0].title}"
    assert page.button("continue").click().run().title[0].value == STEPS[0].title


@pytest.mark.usefixtures("services_down")
def test_who_read_a_step_before_continues_there():
    page = go_to(home(), STEPS[2].id)
    page = go_to(page, "")
    assert page.button("continue").label == f"Continue where you were: {STEPS[2].title}"
    assert page.button("continue").click().run().title[0].value == STEPS[2].title


@pytest.mark.usefixtures("services_down")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_opens_one_after_another(language):
    page = home(LANGUAGES[language])
    for step in discover(ROOT, language):
        go_to(page, step.id)
        assert not page.exception, step.id
        assert page.title[0].value == step.title
        assert any(said.value.startswith(step.actions[0].orchestrator.title()) for said in page.warning)


@pytest.mark.usefixtures("services_down")
def test_the_pages_that_observe_open_one_after_another():
    page = home()
    for url_path, heading in OBSERVE.items():
        go_to(page, url_path)
        assert not page.exception, url_path
        assert heading in words(page)
        assert "does not answer" in words(page), url_path


@pytest.mark.usefixtures("services_down")
def test_the_language_is_chosen_beside_the_pages_and_kept_on_the_next():
    page = home()
    page.sidebar.button_group[0].set_value("fr").run()
    assert not page.exception
    french = discover(ROOT, "fr")
    assert f"**{french[0].title}**" in words(page)
    assert go_to(page, french[1].id).title[0].value == french[1].title


@pytest.mark.usefixtures("services_down")
@pytest.mark.parametrize("asked", ["fr", "Français"])
def test_an_address_may_ask_for_a_language(asked):
    assert f"**{discover(ROOT, 'fr')[0].title}**" in words(home(asked))


@pytest.mark.usefixtures("services_down")
def test_a_language_that_nobody_wrote_is_english():
    assert f"**{STEPS[0].title}**" in words(home("de"))


@pytest.mark.usefixtures("services_down")
@pytest.mark.parametrize(
    ("locale", "asked", "language"),
    [("fr-FR", "", "fr"), ("FR", "", "fr"), ("de-CH", "", "en"), ("fr-CA", "English", "en"), ("en-GB", "fr", "fr")],
)
def test_at_first_the_language_is_the_browsers_unless_the_address_asks_for_one(monkeypatch, locale, asked, language):
    monkeypatch.setattr(type(st.context), "locale", property(lambda _: locale))
    page = home(asked)
    assert f"**{discover(ROOT, language)[0].title}**" in words(page)
    assert go_to(page, STEPS[1].id).title[0].value == discover(ROOT, language)[1].title


@pytest.mark.usefixtures("workspace")
def test_a_workspace_without_steps_is_told():
    page = home()
    assert not page.exception
    assert "There is no step under workshop/ yet." in page.info[0].value


def test_a_step_that_is_not_as_it_must_be_is_named_and_the_others_go_on(workspace):
    write_step(workspace, "first")
    write_step(workspace, "second", text=STEP.replace("minutes: 15", "minuets: 15"))
    page = home()
    _, of_the_second = words(page).split("**second**")
    assert "To be corrected" in of_the_second
    assert words(page).count("To be corrected") == 1
    go_to(page, "second")
    assert as_read(page.error[0].value).startswith("workshop/prefect/second/step.md:5: unknown key `minuets`")
    go_to(page, "first")
    assert not page.exception
    assert page.title[0].value == "First flow"


def test_a_curriculum_that_cannot_be_read_is_told_and_the_panel_still_opens(workspace):
    write_step(workspace, "twice", phase="prefect")
    write_step(workspace, "twice", phase="dagster")
    page = home()
    assert not page.exception
    assert "`twice` is already the id of" in page.error[0].value
    assert go_to(page, "runs").title[0].value == "Runs"
