"""Cancel runs in the background: while a run is pending this takes seconds, and no page waits for it."""

from concurrent.futures import Future, ThreadPoolExecutor

from app.engine.errors import WorkshopError
from app.engine.orchestrators.contract import Orchestrator

AT_ONCE = 8


class Cancelling:
    """Cancel runs in threads, and tell how far each is."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="cancel")
        self._asked: dict[str, Future[None]] = {}

    def ask(self, orchestrator: Orchestrator, run_id: str) -> None:
        """Cancel a run soon, and once only while it is being cancelled."""
        if not self.is_under_way(run_id):
            self._asked[run_id] = self._threads.submit(orchestrator.cancel, run_id)

    def is_under_way(self, run_id: str) -> bool:
        """Tell whether the tool has not answered yet."""
        return run_id in self._asked and not self._asked[run_id].done()

    def problem(self, run_id: str) -> str:
        """Say why a run could not be cancelled, or an empty text when it could, or nobody asked."""
        asked = self._asked.get(run_id)
        error = asked.exception() if asked and asked.done() else None
        if error and not isinstance(error, WorkshopError):
            raise error
        return str(error or "")
