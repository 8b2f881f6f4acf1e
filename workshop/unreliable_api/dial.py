"""The fault dial: which calls fail, and how. Failures in a lesson are chosen, not lucky.

The same dial tells every run the same story: whether a call fails depends only on the dial and on the call's number
within its run. Nothing is shared between learners.
"""

import random
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

MOST_CALLS = 500
MOST_RUNS = 100


class Fault(StrEnum):
    """How a call fails."""

    SERVER_ERROR = "server_error"
    """Status 500."""
    TOO_MANY_REQUESTS = "too_many_requests"
    """Status 429 with the header Retry-After."""
    CONNECTION_DROPPED = "connection_dropped"
    """The connection ends in the middle of the answer."""
    SLOW_ANSWER = "slow_answer"
    """A good answer, but after more seconds than most callers wait."""


class Dial(BaseModel):
    """Which calls of a run fail, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fault: Fault = Field(Fault.SERVER_ERROR, title="Fault", description="How a call fails.")
    fail_first: int = Field(
        2, ge=0, le=20, title="Fail the first calls", description="This many calls of each run fail."
    )
    rate: float = Field(
        0.0, ge=0, le=1, title="Then fail at a rate", description="Share of the calls after those that fail, too."
    )
    seed: int = Field(1, ge=0, le=9999, title="Seed", description="With a rate: the same seed fails the same calls.")

    def fault_of(self, number: int) -> Fault | None:
        """Say how the call with this number (from 1) within its run fails, or None when it succeeds."""
        if number <= self.fail_first:
            return self.fault
        chance = random.Random(f"{self.seed}:{number}").random()  # noqa: S311
        return self.fault if chance < self.rate else None


class RecordedCall(BaseModel):
    """One call, as the service saw it."""

    at: datetime
    run: str
    """The flow run that called; empty when the caller did not say."""
    number: int
    """Within its run, from 1."""
    currency: str
    outcome: str
    """`answered`, `unknown_currency`, or the fault."""


@dataclass
class Story:
    """One learner's dial, and what has been called under it."""

    dial: Dial = field(default_factory=Dial)
    calls: deque[RecordedCall] = field(default_factory=lambda: deque(maxlen=MOST_CALLS))
    _numbers: OrderedDict[str, int] = field(default_factory=OrderedDict)

    def turn(self, dial: Dial) -> None:
        """Set the dial: every run, also one that has called before, begins the new story at its first call."""
        self.dial = dial
        self._numbers.clear()

    def next_number(self, run: str) -> int:
        """Count a call of a run. Runs that have not called for long are forgotten."""
        self._numbers[run] = self._numbers.get(run, 0) + 1
        self._numbers.move_to_end(run)
        while len(self._numbers) > MOST_RUNS:
            self._numbers.popitem(last=False)
        return self._numbers[run]
