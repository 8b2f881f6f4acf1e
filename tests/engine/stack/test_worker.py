"""What the Prefect worker does before it works: it waits for Prefect, and closes the runs that an earlier one lost."""

import threading

from app.engine.stack.worker import close_lost_runs
from app.engine.transport import READ_RETRY_SECONDS
from app.settings import Settings
from tests.engine.http_service import http_service


def test_a_prefect_that_starts_at_the_same_moment_is_waited_for():
    with http_service() as prefect:
        prefect.answers = [(503, {})]
        ready = threading.Timer(READ_RETRY_SECONDS + 1, lambda: setattr(prefect, "answers", [(200, [])]))
        ready.start()
        assert close_lost_runs(Settings(_env_file=None, prefect_internal_url=prefect.url)) == []
        assert [path.rpartition("/")[2] for _, path, _ in prefect.asked][-2:] == ["filter", "filter"]
