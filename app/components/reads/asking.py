"""Ask the services what pages show: once for all viewers, and for a few seconds at most."""

from collections.abc import Callable
from enum import Enum
from functools import partial, update_wrapper
from typing import Generic, ParamSpec, TypeVar

import streamlit as st

from app.engine.answers import Answers, Place
from app.engine.orchestrators.registry import TOOLS
from app.engine.unreliable_api import SERVICE as UNRELIABLE_API
from app.settings import get_settings

TITLES = {"mlflow": "MLflow", "unreliable_api": UNRELIABLE_API}
"""Of the services that are no tool with runs of its own."""


class Freshness(float, Enum):
    """For how many seconds an answer serves all viewers."""

    WATCHED = 0.8
    """A run that somebody watches."""
    LIVE = 1.5
    """What changes while a run goes on."""
    PAGE = 2.0
    """What a page shows along with a run."""
    STEADY = 3.0
    """What changes when a person changes it."""
    ENDED = 30.0
    """What belongs to a run that has ended."""
    FIXED = 60.0
    """What changes with the program that answers."""


shared = partial(st.cache_data, show_spinner=False)
"""Keep what a function returns for all viewers: for what is read here, and from no service that can be slow."""

Asked = ParamSpec("Asked")
Value = TypeVar("Value")


@st.cache_resource(show_spinner=False)
def answers() -> Answers:
    """Make the memory of what the services answered, once per process."""
    return Answers()


def place_of(service: str) -> Place:
    """Give the title of a service, and where a person opens it."""
    if tool := TOOLS.get(service):
        return Place(tool.title, tool.public_url(get_settings()))
    return Place(TITLES[service], get_settings().public_url(service))


class Question(Generic[Asked, Value]):
    """Ask a service, and raise `ServiceBusy` when it gives no answer within a few seconds."""

    def __init__(
        self, ask: Callable[Asked, Value], service: str, ttl: float, client: Callable[[], object] | None
    ) -> None:
        update_wrapper(self, ask)
        self._ask, self._service, self._ttl, self._client = ask, service, ttl, client
        self._name = f"{ask.__module__}.{ask.__qualname__}"

    def __call__(self, *args: Asked.args, **kwargs: Asked.kwargs) -> Value:
        """Ask, or give what was answered moments ago."""
        if self._client:
            self._client()
        place = place_of(self._service or _orchestrator(args[0]))
        question = f"{self._name}{args!r}{kwargs!r}"
        return answers().ask(place, question, partial(self._ask, *args, **kwargs), self._ttl)

    def clear(self) -> None:
        """Forget what was answered."""
        answers().forget(f"{self._name}(")


def asks(
    service: str = "",
    freshness: Freshness = Freshness.PAGE,
    client: Callable[[], object] | None = None,
) -> Callable[[Callable[Asked, Value]], Question[Asked, Value]]:
    """Make a question of a function.

    Args:
        service: Whom it asks; empty for the tool that its first argument is, or names as its `orchestrator`.
        freshness: How old an answer may be.
        client: Makes the client that it uses, where that takes long the first time: nobody is slow meanwhile.
    """
    return lambda ask: Question(ask, service, freshness, client)


def _orchestrator(argument: object) -> str:
    return argument if isinstance(argument, str) else str(getattr(argument, "orchestrator", ""))
