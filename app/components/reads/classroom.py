"""The state of the class, read once for everybody who looks."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from app.components.reads.asking import Freshness, answers, place_of, shared
from app.components.reads.clients import dagster, mlflow_store, prefect
from app.engine.classroom.board import Board, read_board
from app.engine.stack.health import check_services
from app.settings import get_settings

Value = TypeVar("Value")


@shared(ttl=Freshness.PAGE)
def board() -> Board:
    """Read the state of the class, once for everybody who looks."""
    check_health = partial(check_services, get_settings())
    return read_board([prefect(), dagster()], mlflow_store(), check_health, _known(), _ask_for_the_board)


def _ask_for_the_board(service: str, what: str, question: Callable[[], Value]) -> Value:
    return answers().ask(place_of(service), f"board: {what}", question, 0.0)


@st.cache_resource(show_spinner=False)
def _known() -> dict[str, Sequence[Any]]:
    """What the services said last of the class."""
    return {}
