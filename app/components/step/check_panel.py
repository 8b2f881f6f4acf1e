"""Check my work: each goal, Passed or Not yet, what to do next, and the evidence."""

from contextlib import suppress

import streamlit as st

from app.components.page import session
from app.components.page.errors import explain
from app.components.page.markdown import Markdown, escape, sentence
from app.components.reads.clients import mlflow_store, orchestrator
from app.components.reads.curriculum import evidence
from app.components.step import solution
from app.engine.curriculum.checks import Goal, run_checks
from app.engine.curriculum.steps import Step
from app.engine.errors import ServiceDown
from app.engine.orchestrators.registry import tool_named
from app.i18n import _
from workshop.checking import Proof


def show(step: Step) -> None:
    """Show the check button, and the verdicts once it was pressed."""
    asked = f"checked:{step.id}"
    st.button(
        _("Check my work"),
        icon=":material/fact_check:",
        key=f"check:{step.id}",
        on_click=_ask,
        args=(step,),
    )
    if st.session_state.get(asked):
        with explain():
            goals = run_checks(step.check_file, evidence(session.learner(), step.id))
            with st.container(key="goals"):
                for goal in goals:
                    _show_goal(goal)
            if st.session_state.pop(_just_asked(step), False) and any(
                goal.verdict and not goal.verdict.passed for goal in goals
            ):
                solution.note_failed_check(step)
            if all(goal.verdict and goal.verdict.passed for goal in goals):
                st.success(_("Every goal of this step is reached."), icon=":material/celebration:")


def _ask(step: Step) -> None:
    st.session_state[f"checked:{step.id}"] = st.session_state[_just_asked(step)] = True


def _just_asked(step: Step) -> str:
    return f"just_checked:{step.id}"


def _show_goal(goal: Goal) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            _badge(goal)
            st.markdown(f"**{sentence(goal.title)}**")
        if goal.verdict is None:
            st.caption(sentence(goal.problem))
            return
        st.markdown(sentence(goal.verdict.message))
        with st.container(horizontal=True, vertical_alignment="center"):
            for proof in goal.verdict.proofs:
                url = ""
                with suppress(ServiceDown):
                    url = proof_url(proof)
                label = f"{_kind_of(proof)} {escape(proof.label)}"
                if url:
                    st.link_button(label, url, icon=":material/link:", type="tertiary")
                else:
                    st.caption(label, width="content")


def _badge(goal: Goal) -> None:
    if goal.verdict is None:
        st.badge(_("Cannot look"), icon=":material/cloud_off:", color="gray")
    elif goal.verdict.passed:
        st.badge(_("Passed"), icon=":material/check_circle:", color="green")
    else:
        st.badge(_("Not yet"), icon=":material/pending:", color="orange")


def _kind_of(proof: Proof) -> Markdown:
    """Name what a proof is: a run in the words of its tool."""
    return escape(tool_named(proof.orchestrator).run_noun if proof.kind == "run" else proof.kind)


def proof_url(proof: Proof) -> str:
    """URL of a proof in its tool's own UI."""
    match proof.kind:
        case "run":
            return orchestrator(proof.orchestrator).run_url(proof.id)
        case "task run":
            return ""
        case "mlflow run":
            return mlflow_store().run_url(mlflow_store().run(proof.id))
        case "model version":
            name, _slash, version = proof.id.rpartition("/")
            return mlflow_store().model_url(name, int(version))
