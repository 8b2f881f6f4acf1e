"""Whatever Docker answers about the containers, the services' health is shown, and the page says once what is wrong."""

import pytest

from app.components.reads.stack import runtimes
from app.components.services import cards, log
from app.engine.stack.compose.control import SERVICE_LABEL
from app.engine.stack.services import SERVICES
from app.settings import get_settings
from tests.engine.http_service import http_service
from tests.shown import panel, shown, words

VERSION = (200, {"ApiVersion": "1.44"})
DOWN = ":red-badge[:material/cloud_off:"
REFUSED = (403, b"Only this project's containers.")
MLFLOW, PANEL = ({"Labels": {SERVICE_LABEL: name}, "Names": [f"/workshop-{name}-1"]} for name in ("mlflow", "panel"))


def exited(container):
    """What Docker says of it in full."""
    return {
        "State": {"Status": "exited", "Running": False, "StartedAt": "2026-01-01T12:00:00Z"},
        "RestartCount": 0,
        "Config": {"Labels": container["Labels"]},
    }


@pytest.fixture
def docker(tmp_path):
    """What the panel takes for the proxy in front of Docker; no other service answers."""
    with http_service() as service, panel(tmp_path), pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_PROXY_URL", service.url)
        get_settings.cache_clear()
        yield service


def draw() -> None:
    cards.show_with_actions(lambda *_: None)
    log.show()


@pytest.mark.parametrize(
    ("answer", "kind", "sentence"),
    [
        ((503, b"<html>"), "warning", "Docker does not answer (the proxy says"),
        (REFUSED, "error", "Docker refused: "),
    ],
)
def test_it_is_said_once_and_the_cards_stay(docker, answer, kind, sentence):
    docker.answers = [VERSION, answer]
    page = shown(draw)
    assert not page.exception
    (said,) = [*page.warning, *page.error]
    assert said.type == kind
    assert said.value.startswith(sentence)
    assert words(page).count(DOWN) == len([service for service in SERVICES if not service.asked_through])
    assert not page.selectbox


def test_an_answer_that_nobody_expects_leaves_the_cards_too(docker):
    docker.answers = [VERSION, (200, ["strange"])]
    page = shown(draw)
    assert not page.exception
    assert all("Something unexpected happened here" in error.value for error in page.error)
    assert words(page).count(DOWN) == len([service for service in SERVICES if not service.asked_through])


def test_a_log_that_is_refused_is_a_sentence_in_its_place(docker):
    docker.answers = [VERSION, (200, [MLFLOW]), (200, exited(MLFLOW)), (200, [MLFLOW]), REFUSED]
    page = shown(draw)
    assert not page.exception
    assert page.selectbox[0].options == ["mlflow"]
    assert [error.value.split(":")[0] for error in page.error] == ["Docker refused"]
    assert "exited" in words(page)


@pytest.fixture
def two_logs(docker):
    """A page with the logs of two programs, before Docker refuses everything."""
    docker.answers = [VERSION, (200, [MLFLOW, PANEL]), (200, exited(MLFLOW)), (200, exited(PANEL)), REFUSED]
    return shown(draw)


def test_the_choice_of_a_log_outlives_a_moment_in_which_nobody_tells_of_any(docker, two_logs):
    former, choice = two_logs.selectbox[0].options
    two_logs.selectbox[0].select(choice).run()
    assert choice in two_logs.query_params["log"]
    runtimes.clear()
    assert not two_logs.run().selectbox
    docker.answers = [(200, [MLFLOW, PANEL]), (200, exited(MLFLOW)), (200, exited(PANEL)), REFUSED]
    docker.asked.clear()
    assert two_logs.run().selectbox[0].value == choice
    two_logs.selectbox[0].select(former).run()
    assert two_logs.selectbox[0].value == former
    assert former in two_logs.query_params["log"]


def test_what_the_browser_still_sends_of_the_former_choice_does_not_undo_the_new_one(two_logs):
    former, choice = two_logs.selectbox[0].options
    two_logs.session_state[log.CHOSEN], two_logs.session_state[log.TIMES_CHOSEN] = choice, 1
    two_logs.selectbox[0].select(former).run()
    assert two_logs.selectbox[0].value == choice
    two_logs.selectbox[0].select(former).run()
    assert two_logs.selectbox[0].value == former
