"""What the Prefect worker does before it works: it waits for Prefect, and has a name of its own."""

import threading

from app.engine.stack.worker import end_orphans, flow_runs_of, worker_name
from app.engine.transport import READ_RETRY_SECONDS
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


def test_a_worker_keeps_its_name_and_shares_it_with_nobody(tmp_path):
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    name = worker_name(here)
    assert name.startswith("workshop-")
    assert worker_name(here) == name
    assert worker_name(elsewhere) != name
