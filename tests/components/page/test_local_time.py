"""Whose clock the panel shows: the browser's, else this machine's."""

from datetime import UTC, datetime

import pytest
import streamlit as st

from app.components.page.local_time import clock, local

NOON = datetime(2026, 7, 1, 12, 0, 9, tzinfo=UTC)


@pytest.fixture
def browser_in(monkeypatch):
    """A browser that tells this name of its time zone."""

    def tell(name):
        monkeypatch.setattr(type(st.context), "timezone", property(lambda _: name))

    return tell


@pytest.mark.parametrize(("zone", "time"), [("Europe/Paris", "14:00:09"), ("Asia/Kolkata", "17:30:09")])
def test_a_moment_is_shown_in_the_browsers_time_zone(browser_in, zone, time):
    browser_in(zone)
    assert clock(NOON) == time
    assert local(NOON) == NOON


@pytest.mark.parametrize("told", [None, "", "Nowhere/Else", "../../etc/passwd", "/etc", "Europe"])
def test_without_a_time_zone_that_is_known_it_is_this_machines(browser_in, told):
    browser_in(told)
    assert local(NOON).utcoffset() == NOON.astimezone().utcoffset()
