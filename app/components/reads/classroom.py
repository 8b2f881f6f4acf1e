"""The state of the class, read once for everybody who looks."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from app.components.reads.asking import Freshness, answers, place_of, shared
from app.components.reads.clients import mlflow_store, orchestrators
from app.engine.classroom.board import Board, read_board
from app.engine.stack.health import check_services
from app.settings import get_settings

Value = TypeVar("Value")


@shared(ttl=Freshness.PAGE)
def board() -> Board:
    """Read the state of the class, once for everybody who looks."""
    check_health = partial(check_services, get_settings())
    clients = list(orchestrators().values())
    return read_board(clients, mlflow_store(), check_health, _last_answers(), _ask_for_the_board)


def _ask_for_the_board(service: str, what: str, question: Callable[[], Value]) -> Value:
    return answers().ask(place_of(service), f"board: {what}", question, 0.0)


@st.cache_resource(show_spinner=False)
def _last_answers() -> dict[str, Sequence[Any]]:
    """Keep what the services said last of the class."""
    return {}
