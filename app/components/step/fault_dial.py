"""The fault dial: which calls of the learner's runs the unreliable API lets fail, and what it saw of a run."""

from collections.abc import Mapping
from contextlib import suppress

import streamlit as st

from app.components.page import session
from app.components.page.errors import explain
from app.components.page.markdown import Markdown, code, escape, sentence
from app.components.page.recovery import draw_when_it_answers
from app.components.reads.clients import fault_dial
from app.components.reads.unreliable_api import dial_of, dial_schema, recorded_calls
from app.components.step import param_form
from app.engine.errors import InvalidParameters, WorkshopError
from app.engine.orchestrators.contract import ApiRequest
from app.engine.orchestrators.equivalents import as_curl
from app.i18n import _

POLL_SECONDS = 2.0


def show(run_id: str | None) -> None:
    """Show the dial and, of the run on the page, the calls that the service answered."""
    with st.container(border=True, key="fault_dial"):
        with explain():
            st.markdown(f":material/tune: **{_('Fault dial')}** {in_words(dial_of(session.learner()))}")
            _form()
            if run_id:
                _calls(run_id)
            return
        draw_when_it_answers(lambda: dial_of(session.learner()))


@st.fragment
def _form() -> None:
    with explain():
        now, schema = dial_of(session.learner()), dial_schema()
        values = param_form.show(schema, now, "dial")
        request = None
        with suppress(InvalidParameters):  # the form says under each field what is wrong
            request = fault_dial().build_request(session.learner(), schema, values)
        is_new = values != now
        is_off = request is None or not is_new
        if st.button(_("Turn the dial"), icon=":material/tune:", disabled=is_off, key="turn_dial") and request:
            _turn(request)
            st.rerun()
        if request is None:
            return
        if is_new:
            st.caption(_("Not turned yet: {words}").format(words=in_words(values)))
        with st.popover(_("As a request"), icon=":material/send:", type="tertiary"):
            st.code(as_curl(request), language="bash")
    if problem := st.session_state.pop("dial_problem", None):
        st.error(sentence(problem), icon=":material/error:")


@st.fragment(run_every=POLL_SECONDS)
def _calls(run_id: str) -> None:
    try:
        calls = recorded_calls(session.learner(), run_id)
    except WorkshopError:
        return
    if calls:
        words = (f"{code(str(call['number']))} {outcome_words(str(call['outcome']))}" for call in calls)
        st.markdown(_("Calls of this run: {calls}").format(calls=" → ".join(words)))


def in_words(dial: Mapping[str, object]) -> Markdown:
    """Say what a dial does."""
    fault, first, rate = outcome_words(str(dial["fault"])), int(str(dial["fail_first"])), float(str(dial["rate"]))
    words = _("the first {count:d} calls of each run: {fault}").format(count=first, fault=fault)
    if rate:
        words += _("; after that {share:.0%} of them").format(share=rate)
    return Markdown(words if first or rate else _("every call is answered"))


def outcome_words(outcome: str) -> Markdown:
    """Say how a call ended."""
    words = {
        "answered": _(":green[answered]"),
        "unknown_currency": _(":red[404, no such currency]"),
        "server_error": _(":red[status 500]"),
        "too_many_requests": _(":red[status 429, Retry-After]"),
        "connection_dropped": _(":red[connection dropped]"),
        "slow_answer": _(":red[slow answer]"),
    }
    return Markdown(words[outcome]) if outcome in words else escape(outcome)


def _turn(request: ApiRequest) -> None:
    try:
        fault_dial().turn(request)
    except WorkshopError as error:
        st.session_state["dial_problem"] = str(error)
    dial_of.clear()
