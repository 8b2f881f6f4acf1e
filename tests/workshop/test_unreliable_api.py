"""The service that fails on purpose: the same dial tells every run the same story, and each learner has a dial."""

import httpx
import pytest

from workshop.unreliable_api import service as module
from workshop.unreliable_api.currencies import DOLLARS

HTTP = httpx.Client(trust_env=False, timeout=20)


def turn(api: str, learner: str, **dial: object) -> httpx.Response:
    return HTTP.put(f"{api}/{learner}/dial", json=dial)


def ask(api: str, learner: str, run: str = "r", currency: str = "EUR") -> httpx.Response:
    return HTTP.get(f"{api}/{learner}/exchange_rate", params={"currency": currency, "run": run})


def story(api: str, learner: str, run: str, calls: int = 8) -> list[int]:
    return [ask(api, learner, run).status_code for _ in range(calls)]


def test_at_first_the_first_two_calls_of_each_run_fail(unreliable_api):
    assert story(unreliable_api, "new", "a", 4) == [500, 500, 200, 200]
    assert story(unreliable_api, "new", "b", 3) == [500, 500, 200]
    assert ask(unreliable_api, "new", "a").json() == {"currency": "EUR", "dollar": DOLLARS["EUR"]}


def test_turning_the_dial_begins_every_story_anew(unreliable_api):
    story(unreliable_api, "ann", "a", 3)
    turn(unreliable_api, "ann", fail_first=1, fault="too_many_requests")
    assert story(unreliable_api, "ann", "a", 3) == [429, 200, 200]


def test_a_rate_with_a_seed_fails_the_same_calls_in_every_run(unreliable_api):
    turn(unreliable_api, "bea", fail_first=0, rate=0.5, seed=7)
    first = story(unreliable_api, "bea", "a", 20)
    assert 5 <= first.count(500) <= 15
    assert story(unreliable_api, "bea", "b", 20) == first
    turn(unreliable_api, "bea", fail_first=0, rate=0.5, seed=8)
    assert story(unreliable_api, "bea", "c", 20) != first


def test_two_learners_do_not_disturb_each_other(unreliable_api):
    turn(unreliable_api, "cem", fail_first=5)
    turn(unreliable_api, "dee", fail_first=0)
    assert [ask(unreliable_api, name, "same").status_code for name in ("cem", "dee", "cem", "dee")] == [500, 200] * 2


def test_a_call_without_a_run_is_counted_on_its_own(unreliable_api):
    turn(unreliable_api, "eva", fail_first=1)
    assert ask(unreliable_api, "eva", run="").status_code == 500
    assert ask(unreliable_api, "eva", run="").status_code == 200


def test_too_many_requests_says_when_to_come_back(unreliable_api):
    turn(unreliable_api, "fay", fault="too_many_requests")
    assert ask(unreliable_api, "fay").headers["Retry-After"] == "2"


def test_a_dropped_connection_is_no_answer(unreliable_api):
    turn(unreliable_api, "gil", fault="connection_dropped", fail_first=1)
    with pytest.raises(httpx.RemoteProtocolError):
        ask(unreliable_api, "gil")
    assert ask(unreliable_api, "gil").status_code == 200


def test_a_slow_answer_outlasts_a_time_out(unreliable_api, monkeypatch):
    monkeypatch.setattr(module, "SLOW_SECONDS", 1.0)
    turn(unreliable_api, "hal", fault="slow_answer")
    with pytest.raises(httpx.ReadTimeout):
        HTTP.get(f"{unreliable_api}/hal/exchange_rate", params={"currency": "EUR"}, timeout=0.3)
    assert ask(unreliable_api, "hal").json()["dollar"] == DOLLARS["EUR"]


def test_an_unknown_currency_is_404_whatever_the_dial_says(unreliable_api):
    assert ask(unreliable_api, "ida", currency="XYZ").status_code == 404
    assert "EUR, GBP" in ask(unreliable_api, "ida", currency="XYZ").json()["detail"]


def test_the_call_log_tells_what_each_call_got(unreliable_api):
    turn(unreliable_api, "jo", fail_first=1)
    ask(unreliable_api, "jo", "a"), ask(unreliable_api, "jo", "b"), ask(unreliable_api, "jo", "a", "XYZ")
    calls = HTTP.get(f"{unreliable_api}/jo/calls").json()
    assert [(call["run"], call["number"], call["outcome"]) for call in calls] == [
        ("a", 1, "server_error"),
        ("b", 1, "server_error"),
        ("a", 2, "unknown_currency"),
    ]
    assert [call["at"] for call in calls] == sorted(call["at"] for call in calls)
    assert len(HTTP.get(f"{unreliable_api}/jo/calls", params={"run": "a"}).json()) == 2


@pytest.mark.parametrize("dial", [{"fail_first": -1}, {"rate": 1.5}, {"fault": "fire"}, {"fail_last": 2}])
def test_a_dial_out_of_bounds_is_refused_and_changes_nothing(unreliable_api, dial):
    before = HTTP.get(f"{unreliable_api}/kim/dial").json()
    assert turn(unreliable_api, "kim", **dial).status_code == 422
    assert HTTP.get(f"{unreliable_api}/kim/dial").json() == before


def test_a_learner_needs_a_plain_name(unreliable_api):
    assert HTTP.get(f"{unreliable_api}/a.b/dial").status_code == 422
