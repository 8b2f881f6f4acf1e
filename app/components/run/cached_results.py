"""Show which results a run took from the cache, which run had computed them, and the time that this saved."""

from functools import partial

import streamlit as st

from app.components.page import session
from app.components.page.markdown import Markdown, escape
from app.components.page.recovery import draw_when_it_answers
from app.components.reads.runs import runs_of_step, tasks_of
from app.components.run.timeline import CACHED
from app.engine.errors import ServiceDown
from app.engine.orchestrators.contract import RunSnapshot
from app.i18n import _
from workshop.facts import Run, TaskRun
from workshop.naming import STEP_TAG

MOST_RUNS = 15


def show(now: RunSnapshot) -> None:
    """Show a line for each task that is Cached, or nothing when none is."""
    for task in now.tasks:
        if task.state == CACHED:
            st.markdown(_sentence(task, _origin_of(now.run, task)))


def _origin_of(run: Run, task: TaskRun) -> tuple[Run, TaskRun] | None:
    """Find what computed a result, or give None when nobody knows it or the service is down."""
    try:
        return _computed_by(run, task)
    except ServiceDown:
        draw_when_it_answers(partial(_computed_by, run, task))
        return None


def _computed_by(run: Run, task: TaskRun) -> tuple[Run, TaskRun] | None:
    """Find the run of the same step that computed what this task took from the cache."""
    runs = runs_of_step(run.orchestrator, session.learner(), run.tags.get(STEP_TAG, ""), run.target)
    for other in [each for each in runs if each.due < run.due and each.phase.is_final][:MOST_RUNS]:
        for candidate in tasks_of(run.orchestrator, other.id):
            if candidate.result_key and candidate.result_key == task.result_key and candidate.state != CACHED:
                return other, candidate
    return None


def _sentence(task: TaskRun, origin: tuple[Run, TaskRun] | None) -> Markdown:
    badge = f":violet-badge[:material/bolt: {CACHED}] **{escape(task.name)}** "
    if origin is None:
        return Markdown(badge + _("was taken from the cache."))
    run, computed = origin
    took, before = task.seconds or 0, computed.seconds or 0
    words = _("was taken from the cache: {run} had needed {before:.1f} s to compute it, **{saved:.1f} s saved**.")
    name = f"*{escape(run.name)}*"
    return Markdown(badge + words.format(run=name, before=before, saved=max(before - took, 0)))
