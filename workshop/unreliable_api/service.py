"""A small real HTTP service that fails on purpose: exchange rates for part 2 of the Prefect workshop.

Start it alone with `python -m uvicorn workshop.unreliable_api.service:app --port 8502`.
"""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from typing import Annotated

from fastapi import FastAPI, Path, Query
from fastapi.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from workshop.unreliable_api.currencies import DOLLARS
from workshop.unreliable_api.dial import Dial, Fault, RecordedCall, Story

SLOW_SECONDS = 6.0
RETRY_AFTER_SECONDS = 2

Learner = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$")]

app = FastAPI(title="Unreliable API", docs_url=None, redoc_url=None)
stories: defaultdict[str, Story] = defaultdict(Story)


class DroppedConnection(Response):
    """Promise an answer and close the connection before it is complete."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send only the head. Uvicorn then closes the connection."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})


@app.get("/")
def about() -> dict[str, list[str]]:
    """List what can be asked."""
    return {"ask": ["GET /{learner}/exchange_rate?currency=EUR", "GET or PUT /{learner}/dial", "GET /{learner}/calls"]}


@app.get("/health")
def health() -> dict[str, str]:
    """Say that the service runs."""
    return {"service": "unreliable-api", "status": "ok"}


@app.get("/{learner}/dial")
async def read_dial(learner: Learner) -> Dial:
    """Read a learner's dial."""
    return stories[learner].dial


@app.put("/{learner}/dial")
async def turn_dial(learner: Learner, dial: Dial) -> Dial:
    """Set a learner's dial. Every run begins its story again."""
    stories[learner].turn(dial)
    return dial


@app.get("/{learner}/calls")
async def read_calls(learner: Learner, run: str | None = None) -> list[RecordedCall]:
    """List a learner's calls, or those of one run, oldest first."""
    return [call for call in stories[learner].calls if run in (None, call.run)]


@app.get("/{learner}/exchange_rate", response_model=None)
async def exchange_rate(learner: Learner, currency: str, run: Annotated[str, Query(max_length=60)] = "") -> Response:
    """Say what one dollar is worth, or fail as the dial says.

    Args:
        learner: whose dial decides.
        currency: three letters; one that is not known is 404, whatever the dial says.
        run: the flow run that calls; its calls are counted from 1.
    """
    story = stories[learner]
    has_rate = currency in DOLLARS
    number = story.next_number(run)
    fault = story.dial.fault_of(number) if has_rate else None
    outcome = (fault.value if fault else "answered") if has_rate else "unknown_currency"
    call = RecordedCall(at=datetime.now(UTC), run=run, number=number, currency=currency, outcome=outcome)
    story.calls.append(call)
    if not has_rate:
        return JSONResponse({"detail": f"There is no currency {currency}; there are {', '.join(DOLLARS)}."}, 404)
    return await _answer(currency, fault)


async def _answer(currency: str, fault: Fault | None) -> Response:
    match fault:
        case Fault.SERVER_ERROR:
            return JSONResponse({"detail": "Something broke; try again."}, 500)
        case Fault.TOO_MANY_REQUESTS:
            headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
            return JSONResponse({"detail": f"Try again in {RETRY_AFTER_SECONDS} s."}, 429, headers)
        case Fault.CONNECTION_DROPPED:
            return DroppedConnection()
        case Fault.SLOW_ANSWER:
            await asyncio.sleep(SLOW_SECONDS)
    return JSONResponse({"currency": currency, "dollar": DOLLARS[currency]})
