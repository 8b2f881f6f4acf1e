"""Show schedules: active or paused, the next times, how to pause, resume and change one, and why a run is late."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from app.components.page import session
from app.components.page.durations import countdown, duration
from app.components.page.errors import explain
from app.components.page.last_known import fetch_or_recall
from app.components.page.local_time import clock
from app.components.page.markdown import Markdown, escape, sentence
from app.components.page.memory import recall_or_raise
from app.components.reads.clients import schedulers
from app.components.reads.runs import blockers, target
from app.components.reads.schedules import forget_schedules, heartbeat, lateness, schedules_of
from app.engine.errors import InvalidParameters, ServiceDown, WorkshopError
from app.engine.orchestrators.contract import Every, Rule
from app.engine.orchestrators.registry import tool_named
from app.engine.orchestrators.schedule_times import cron_in_words, in_words, read_cron
from app.i18n import _
from workshop.facts import Schedule

POLL_SECONDS = 2.0
NEXT = 3


@st.fragment(run_every=POLL_SECONDS)
def show(step: str = "") -> None:
    """Show the schedules of one step's deployments, or of all that concern this learner."""
    with explain():
        question = ("schedules", session.learner(), step)
        all_schedules = fetch_or_recall(question, lambda: schedules_of(session.learner(), step), st.empty())
        if all_schedules is not None:
            _show_all(all_schedules)
    if problem := st.session_state.get("schedule_problem"):
        st.error(sentence(problem), icon=":material/error:")


def _show_all(schedules: Sequence[Schedule]) -> None:
    if not schedules:
        st.caption(_("No deployment has a schedule yet."))
    for schedule in schedules:
        with st.container(border=True, key=f"schedule:{schedule.id}"):
            _show(schedule)
    for name in dict.fromkeys(schedule.orchestrator for schedule in schedules):
        last = recall_or_raise(("heartbeat", name), partial(heartbeat, name))
        st.caption(sign_of_life(last, datetime.now(UTC)))


def _show(schedule: Schedule) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if schedule.is_active:
            st.badge(_("Active"), icon=":material/event_repeat:", color="green")
        else:
            st.badge(_("Paused"), icon=":material/pause_circle:", color="orange")
        st.markdown(f"**{escape(schedule.target)}** {escape(in_words(schedule))}", width="content")
        _buttons(schedule)
    st.markdown(next_times(schedule, datetime.now(UTC)))
    _say_late(schedule)


def _buttons(schedule: Schedule) -> None:
    if schedule.is_active:
        label, icon = _("Pause"), ":material/pause:"
    else:
        label, icon = _("Resume"), ":material/play_arrow:"
    st.button(label, icon=icon, key=f"toggle:{schedule.id}", on_click=_set_active, args=(schedule,))
    with st.popover(_("Change"), icon=":material/edit_calendar:", key=f"change:{schedule.id}"):
        rule = _ask_rule(schedule)
        st.button(
            _("Change the schedule"),
            type="primary",
            disabled=rule is None,
            key=f"apply:{schedule.id}",
            on_click=_change,
            args=(schedule,),
        )


def _kinds() -> list[Markdown]:
    return [Markdown(_("Every … minutes")), Markdown(_("Cron"))]


def _ask_rule(schedule: Schedule) -> Rule | None:
    kinds = _kinds()
    kind = st.segmented_control(_("Kind"), kinds, default=kinds[0], required=True, key=f"kind:{schedule.id}")
    if kind == kinds[0]:
        return Every(st.number_input(_("Minutes"), 1, 1440, 2, key=f"minutes:{schedule.id}"))
    text = st.text_input(_("Cron expression (UTC)"), "*/2 * * * *", key=f"cron:{schedule.id}")
    try:
        rule = read_cron(text)
    except InvalidParameters as error:
        st.error(sentence(" ".join(error.problems.values())))
        return None
    st.caption(escape(cron_in_words(text)))
    return rule


def next_times(schedule: Schedule, now: datetime) -> Markdown:
    """Count down to the next runs."""
    if not schedule.is_active:
        return Markdown(f":gray[{_('Paused: no run starts by itself.')}]")
    if not schedule.next_at:
        words = _("{tool} has not planned the next runs yet.")
        return Markdown(f":gray[{words.format(tool=escape(tool_named(schedule.orchestrator).title))}]")
    times = (f"**{countdown(moment - now)}** :gray[{clock(moment)}]" for moment in schedule.next_at[:NEXT])
    return Markdown(f":material/alarm: {_('Next:')} " + " · ".join(times))


def sign_of_life(last: datetime | None, now: datetime) -> Markdown:
    """Say when a worker was last heard of: without one, no schedule starts anything."""
    if last is None:
        return Markdown(f":material/heart_broken: {_('No worker has given a sign of life yet.')}")
    words = _("The last heartbeat of the worker: {ago} ago.").format(ago=duration(now - last))
    return Markdown(f":material/monitor_heart: {words}")


def _say_late(schedule: Schedule) -> None:
    try:
        late = lateness(schedule.orchestrator, schedule.target)
        reasons = blockers(target(schedule.orchestrator, schedule.target)) if late.runs else []
    except ServiceDown:  # the part of the page above says so
        return
    if late.runs:
        words = _("Late runs: {count:d}. {cause}")
        cause = sentence(late.cause(reasons[0].reason if reasons else ""))
        st.warning(words.format(count=late.runs, cause=cause), icon=":material/hourglass_top:")


def _set_active(schedule: Schedule) -> None:
    _do(lambda: schedulers()[schedule.orchestrator].set_active(schedule, not schedule.is_active))


def _change(schedule: Schedule) -> None:
    _do(lambda: schedulers()[schedule.orchestrator].change(schedule, _rule_now(schedule)))


def _rule_now(schedule: Schedule) -> Rule:
    """Read the rule from the fields as they are: what was drawn last may be older than the click."""
    fields = st.session_state
    if fields[f"kind:{schedule.id}"] == _kinds()[0]:
        return Every(fields[f"minutes:{schedule.id}"])
    return read_cron(fields[f"cron:{schedule.id}"])


def _do(change: Callable[[], None]) -> None:
    st.session_state.pop("schedule_problem", None)
    try:
        change()
    except WorkshopError as error:
        st.session_state["schedule_problem"] = str(error)
    forget_schedules()
