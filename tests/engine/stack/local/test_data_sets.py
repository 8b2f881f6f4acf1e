"""A data set is written when it is missing or older than the script that writes it, and only then."""

import os

import pytest

from app.engine.errors import WorkshopError
from app.engine.stack.local import data_sets
from app.engine.stack.local.data_sets import WRITTEN_BY, prepare_data
from tests.conftest import own_settings
from workshop.churn.data import FILES, SCRIPTS

WRITER = "import pathlib, sys\n(pathlib.Path(sys.argv[1]) / '{name}').write_text('rows')\n"


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Two data sets that are written quickly."""
    scripts = {}
    for name in ("a.csv", "b.csv"):
        scripts[name] = tmp_path / f"write_{name}.py"
        scripts[name].write_text(WRITER.format(name=name))
        os.utime(scripts[name], (1000, 1000))
    monkeypatch.setattr(data_sets, "WRITTEN_BY", scripts)
    return own_settings(tmp_path / "new" / "data")


def test_missing_data_sets_are_written_once(settings):
    written = prepare_data(settings)
    assert written == [settings.data_dir / "a.csv", settings.data_dir / "b.csv"]
    assert all(file.read_text() == "rows" for file in written)
    assert prepare_data(settings) == []


def test_a_data_set_older_than_its_script_is_written_anew(settings):
    a, b = prepare_data(settings)
    os.utime(a, (999, 999))
    os.utime(b, (1001, 1001))
    assert prepare_data(settings) == [a]


def test_a_script_that_fails_is_a_sentence_with_its_last_line(settings):
    script = data_sets.WRITTEN_BY["a.csv"]
    script.write_text("print('working'); raise SystemExit('the disk is full')\n")
    with pytest.raises(WorkshopError, match=rf"{script.name} could not write .*a\.csv: the disk is full$"):
        prepare_data(settings)
    script.write_text("raise SystemExit(3)\n")
    with pytest.raises(WorkshopError, match="no reason given"):
        prepare_data(settings)


def test_the_panel_prepares_the_very_files_that_the_lessons_read():
    assert set(WRITTEN_BY) == set(FILES.values())
    assert {name: script.is_file() for name, script in WRITTEN_BY.items()} == dict.fromkeys(WRITTEN_BY, True)
    for dataset, file in FILES.items():
        assert WRITTEN_BY[file].as_posix().endswith(SCRIPTS[dataset])
