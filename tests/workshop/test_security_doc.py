"""Each claim of SECURITY.md names a test that exists."""

import re

import pytest

from app.settings import ROOT

TEXT = (ROOT / "workshop" / "docs" / "SECURITY.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and "shown by" not in line]


@pytest.mark.parametrize(("file", "test"), NAMED, ids=lambda each: each.rpartition("/")[2])
def test_a_test_that_is_named_exists(file, test):
    assert re.search(rf"^def {test}\(", (ROOT / file).read_text(), re.M)


def test_every_row_names_a_test():
    assert len(ROWS) > 8
    assert [row for row in ROWS if "`tests/" not in row] == []
