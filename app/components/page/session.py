"""Tell who is at the screen, and keep what this browser session remembers."""

import json
from collections.abc import Mapping
from uuid import uuid4

import streamlit as st

from app.components.page import address
from app.engine.addresses import is_run_id
from app.i18n import _
from workshop.naming import SOLO_LEARNER

RUN_PARAM = "run"
LANGUAGE = "language"
DEFAULT_LANGUAGE = "en"
LANGUAGES = {"en": "English", "fr": "Français"}


def learner() -> str:
    """Name the learner at the screen."""
    return SOLO_LEARNER


def choose_language() -> str:
    """Let the viewer choose the language of the steps.

    At first it is the browser's language if the panel has it. An address may ask for another one by
    its code or its name.
    """
    if (code := st.query_params.get(LANGUAGE)) in LANGUAGES:
        st.session_state.setdefault(LANGUAGE, code)
    chosen = st.segmented_control(
        _("Language of the steps"),
        list(LANGUAGES),
        format_func=lambda language: LANGUAGES[language],
        default=_browser_language(),
        required=True,
        key=LANGUAGE,
        bind="query-params",
        persist_state="session",
    )
    return chosen or _browser_language()


def language() -> str:
    """Give the language of the steps, as it was chosen."""
    return st.session_state.get(LANGUAGE) or _browser_language()


def _browser_language() -> str:
    """Give the language that the browser asks for, or the default.

    Of a regional one (`fr-CA`) only the language counts (`fr`).
    """
    code = (st.context.locale or "").partition("-")[0].lower()
    return code if code in LANGUAGES else DEFAULT_LANGUAGE


def click_token(button: str, parameters: Mapping[str, object]) -> str:
    """Give the token of the next deliberate click on a button.

    A click that is delivered twice carries the same token twice.

    It is random and not a count. A count would start again with the panel, and name somebody's
    earlier run. Other parameters are another click, even after one that failed.
    """
    tokens: dict[str, str] = st.session_state.setdefault(f"click:{button}", {})
    return tokens.setdefault(json.dumps(parameters, sort_keys=True, default=str), uuid4().hex[:12])


def renew_click(button: str) -> None:
    """Make the next click a new one."""
    st.session_state.pop(f"click:{button}", None)


def shown_run() -> str | None:
    """Give the run id in the page's address, or None when there is no valid one."""
    asked = asked_run()
    return asked if asked is not None and is_run_id(asked) else None


def asked_run() -> str | None:
    """Give what the page's address has as a run id, valid or not."""
    return next(iter(address.read(RUN_PARAM)), None)


def show_run(run_id: str) -> None:
    """Put a run id into the page's address: a reload or a shared link shows the same run."""
    address.change(RUN_PARAM, [run_id])


def hide_run() -> None:
    """Take the run id out of the page's address."""
    address.change(RUN_PARAM, [])
