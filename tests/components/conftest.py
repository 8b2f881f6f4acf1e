"""What the tests of the components share: a panel that nobody answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import Settings
from tests.shown import panel


@pytest.fixture
def services_down(tmp_path: Path) -> Iterator[Settings]:
    """Give the settings of a panel whose services are all down."""
    with panel(tmp_path) as settings:
        yield settings
