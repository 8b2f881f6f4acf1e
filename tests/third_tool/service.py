"""A third tool's service, kept in memory: what a real one would keep in its database."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

from workshop.facts import Run, RunPhase

NAME = "simple"
STATES = {
    "queued": RunPhase.WAITING,
    "busy": RunPhase.RUNNING,
    "stopping": RunPhase.RUNNING,
    "done": RunPhase.SUCCEEDED,
    "broken": RunPhase.FAILED,
    "stopped": RunPhase.CANCELLED,
}
SCHEMA = {"type": "object", "properties": {"rows": {"type": "integer", "minimum": 1, "default": 1}}}


@dataclass
class SimpleService:
    """Runs by their ids, newest last, and the run of each click."""

    runs: dict[str, Run] = field(default_factory=dict)
    clicks: dict[str, str] = field(default_factory=dict)
    limit: str = ""
    """Why a run waits; empty when it need not."""

    def start(self, target: str, click: str, parameters: dict[str, object], tags: dict[str, str]) -> str:
        """Start a run; the same click again is the same run."""
        if click not in self.clicks:
            now, run_id = datetime.now(UTC), str(uuid4())
            state = "queued" if self.limit else "busy"
            begun = None if self.limit else now
            self.runs[run_id] = Run(
                NAME, run_id, "small-run", target, state, STATES[state], now, begun, None, parameters, tags
            )
            self.clicks[click] = run_id
        return self.clicks[click]

    def move(self, run_id: str, state: str) -> None:
        """Let a run come to a state."""
        phase = STATES[state]
        ended = datetime.now(UTC) if phase.is_final else None
        self.runs[run_id] = replace(self.runs[run_id], state=state, phase=phase, ended=ended)
