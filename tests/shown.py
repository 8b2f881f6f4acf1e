"""Draw a component or a page in this process, and read what it shows."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block
from streamlit.util import calc_hash

from app.components.page.markdown import SPLIT
from app.settings import ROOT, Settings, get_settings
from tests.conftest import own_settings

SECONDS = 60
"""A run takes milliseconds; beside heavy tests it may take longer."""
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
"""Else each page would read the metadata of every installed package again."""
SERVICES = ("mlflow", "prefect", "dagster", "unreliable_api", "panel")


def shown(draw: Callable[..., object], *args: object, **kwargs: object) -> AppTest:
    """Draw a component with these arguments."""
    return page_of(draw, *args, **kwargs).run()


def page_of(draw: Callable[..., object], *args: object, **kwargs: object) -> AppTest:
    """Make a page with one component, to be given an address or a memory before it is drawn."""

    def script(draw, args, kwargs):
        draw(*args, **kwargs)

    return AppTest.from_function(script, default_timeout=SECONDS, args=(draw, args, kwargs))


def go_to(app: AppTest, url_path: str) -> AppTest:
    """Open another page of the panel. `AppTest.switch_page` opens only pages that are files."""
    app._page_hash = calc_hash(url_path)
    return app.run()


def words(app: AppTest) -> str:
    """Read all that is written on the page, one element a line."""
    lines = (as_read(" ".join(dict.fromkeys(_words_of(element)))) for element in app.main if element is not app.main)
    return "\n".join(line for line in lines if line)


def _words_of(element: Any) -> Iterator[str]:
    proto = element.proto
    for name in ("label", "body", "placeholder", "alt", "help"):
        if isinstance(text := getattr(proto, name, None), str) and text:
            yield text
    if not isinstance(element, Block) and isinstance(getattr(element, "value", None), str):
        yield element.value


def as_read(text: str) -> str:
    """Undo the escapes in Markdown that the panel has written."""
    written = re.compile(r"\\([!-/:-@\[-`{-~])|&#(\d+);")
    return written.sub(lambda match: match[1] or chr(int(match[2])), text.replace(SPLIT, ""))


def charts(app: AppTest) -> list[dict[str, Any]]:
    """List the charts as Plotly draws them."""
    return [json.loads(element.proto.spec) for element in app.get("plotly_chart")]


@dataclass(frozen=True)
class Link:
    """A button that opens another page."""

    label: str
    url: str


def links(app: AppTest) -> list[Link]:
    """List the buttons that open another page."""
    return [Link(as_read(element.proto.label), element.proto.url) for element in app.get("link_button")]


@contextmanager
def panel(data_dir: Path, workspace: Path = ROOT, **urls: str) -> Iterator[Settings]:
    """Let the panel in this process ask services at these internal URLs.

    A service that is not named does not answer.
    """
    settings = own_settings(data_dir, workspace=workspace)
    values = settings.model_dump() | {"docker_proxy_url": ""}
    values |= {f"{name}_internal_url": urls.get(name, settings.internal_url(name)) for name in SERVICES}
    values |= {f"{name}_public_url": f"https://{name.replace('_', '-')}.example" for name in SERVICES}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name.upper(), str(value))
        _forget()
        yield get_settings()
    _forget()


def _forget() -> None:
    get_settings.cache_clear()
    st.cache_data.clear()
    st.cache_resource.clear()
