"""What a service says is shown letter by letter: by `escape()` alone, and on the panel's own pages."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from app.settings import ROOT
from tests.conftest import free_ports
from tests.hostile import HOSTILE
from tests.polling import wait_until

OURS = {"P", "SPAN", "STRONG", "DIV", "TABLE", "THEAD", "TBODY", "TR", "TH", "TD", "CODE"}


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page with every hostile text."""
    (port,) = free_ports(1)
    script = Path(__file__).with_name("letters.py")
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    command += ["--server.headless=true", "--browser.gatherUsageStats=false", "--server.address=127.0.0.1"]
    log = tmp_path_factory.mktemp("letters") / "log.txt"
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=output)
    try:
        wait_until(lambda: _listens(port), 60, "Streamlit listens")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def open_letters(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("drawn", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def as_shown(text: str) -> str:
    """What a browser makes of spaces and lines."""
    return " ".join(text.split())


def words_of(place: Locator) -> str:
    return as_shown(" ".join(place.locator("[data-testid=stMarkdownContainer]").all_text_contents()))


def test_each_text_is_shown_letter_by_letter_in_every_place_and_nothing_else_is_made_of_it(page: Page, letters: str):
    open_letters(page, letters)
    for number, text in enumerate(HOSTILE):
        for place, times in (("alone", 1), ("label", 1), ("badge", 1), ("within", 3), ("cell", 2)):
            shown = page.locator(f".st-key-{place}-{number}")
            assert words_of(shown).count(as_shown(text)) >= times, (place, text, words_of(shown))
            made = shown.locator("[data-testid=stMarkdownContainer] *").evaluate_all("all => all.map(e => e.tagName)")
            strange = {name.upper() for name in made} - OURS
            assert strange <= (
                {"A", "MATH", "SEMANTICS", "MROW", "MI", "ANNOTATION"} if place == "within" else set()
            ), (place, text)
        links = page.locator(f".st-key-within-{number} a").evaluate_all("all => all.map(e => e.href)")
        assert links == ["http://127.0.0.1/ours"]
    assert page.locator("img, a[href*=evil], iframe").count() == 0


def test_plotly_draws_the_letters(page: Page, letters: str):
    open_letters(page, letters)
    chart = page.locator(".st-key-chart .js-plotly-plot")
    expect(chart.locator("text.bartext").first).to_be_attached()
    drawn = [
        as_shown(text.replace("\N{NO-BREAK SPACE}", " ")) for text in chart.locator("text.bartext").all_text_contents()
    ]
    assert drawn == [as_shown(text) for text in HOSTILE]
    assert chart.locator("a, text tspan[style]").count() == 0
