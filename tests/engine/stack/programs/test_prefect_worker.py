"""What the Prefect worker does before it works: it waits for Prefect, and has a name of its own."""

import platform
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.engine.orchestrators.transport import READ_RETRY_SECONDS
from app.engine.stack.programs.prefect_worker import end_orphans, end_what_is_left, flow_runs_of, worker_name
from app.settings import Settings
from tests.engine.http_service import http_service


def test_a_prefect_that_starts_at_the_same_moment_is_waited_for():
    with http_service() as prefect:
        prefect.answers = [(503, {})]
        ready = threading.Timer(READ_RETRY_SECONDS + 1, lambda: setattr(prefect, "answers", [(200, [])]))
        ready.start()
        settings = Settings(_env_file=None, prefect_internal_url=prefect.url)
        assert end_orphans(flow_runs_of(settings, "workshop-1")) == []
        assert [path.rpartition("/")[2] for _, path, _ in prefect.asked][-2:] == ["filter", "filter"]


@contextmanager
def worker_in(folder: Path) -> Iterator[str]:
    """Another process that has taken its name, and lives."""
    code = "import sys, time; from pathlib import Path; from app.engine.stack.programs.prefect_worker import own_name; "
    code += "print(own_name(Path(sys.argv[1])), flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", code, folder], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def test_a_worker_keeps_its_name_and_shares_it_with_nobody(tmp_path):
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    with worker_in(here) as name, worker_in(elsewhere) as other:
        assert name.startswith("workshop-")
        assert name != other
        assert worker_name(here) == name
    with worker_in(here) as again:
        assert again == name


def test_a_second_worker_in_the_same_folder_has_a_name_that_is_not_kept(tmp_path):
    with worker_in(tmp_path) as first, worker_in(tmp_path) as second:
        assert second.startswith("workshop-")
        assert second != first
    assert worker_name(tmp_path) == first


def test_what_a_worker_left_is_not_ended_while_another_works_under_its_name(tmp_path):
    with http_service() as prefect:
        prefect.answers = [(200, [])]
        urls = {"prefect_internal_url": prefect.url, "mlflow_internal_url": prefect.url}
        settings = Settings(_env_file=None, data_dir=tmp_path, **urls)
        with worker_in(tmp_path / "prefect") as name:
            end_what_is_left(settings, print)
        assert prefect.asked == []
        end_what_is_left(settings, print)
        assert prefect.asked != []
        with worker_in(tmp_path / "prefect") as again:  # the name is free for the next start
            assert again == name


def test_where_the_folder_was_copied_to_another_machine_the_worker_has_another_name(tmp_path, monkeypatch):
    name = worker_name(tmp_path)
    with monkeypatch.context() as there:
        there.setattr(platform, "node", lambda: "../another machine")
        other = worker_name(tmp_path)
        assert worker_name(tmp_path) == other != name
    assert worker_name(tmp_path) == name


def test_a_name_that_was_lost_with_the_power_is_made_anew(tmp_path):
    worker_name(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text("")
    name = worker_name(tmp_path)
    assert name.startswith("workshop-")
    assert file.read_text() == name
    assert list(tmp_path.iterdir()) == [file]
