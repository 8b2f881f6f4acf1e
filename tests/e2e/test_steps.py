"""Each step as a student does it: read, run, watch, check; and what the services say about it afterwards."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.engine.orchestrators.dagster.client import Dagster
from app.engine.orchestrators.prefect.client import Prefect
from tests.e2e.panel import (
    LESSONS,
    choose,
    do_lesson,
    expect_run,
    expect_state,
    open_step,
    press_run,
    run_in_address,
    run_to,
)
from tests.workspaces import SLOW, edited
from workshop.facts import Run, RunPhase
from workshop.naming import CLICK_TAG, LEARNER_TAG, STEP_TAG


def runs_of(step: str, prefect: Prefect, dagster: Dagster) -> list[Run]:
    client = dagster if step == "assets" else prefect
    return client.runs({LEARNER_TAG: "me", STEP_TAG: step})


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.step)
def test_a_click_runs_once_and_every_goal_is_reached(page, prefect, dagster, lesson):
    dataset = "sample"  # Compose's journey does the same on the real customers
    before = {run.id for run in runs_of(lesson.step, prefect, dagster)}
    run_id = do_lesson(page, lesson, dataset)
    new = [run for run in runs_of(lesson.step, prefect, dagster) if run.id not in before]
    assert [run.id for run in new] == [run_id]
    assert dataset in str(new[0].parameters)
    assert len(new[0].tags[CLICK_TAG]) == 12
    page.reload()
    expect_state(page, lesson.final)
    assert run_in_address(page) == run_id


def test_the_strip_leads_from_the_run_to_the_model_version(page: Page, stack, prefect, dagster):
    open_step(page, "part5_full_pipeline", "Full pipeline with MLflow")
    done = [run.id for run in runs_of("part5_full_pipeline", prefect, dagster) if run.phase is RunPhase.SUCCEEDED]
    run_id = done[0] if done else run_to(page, "Run the pipeline", "Completed")
    strip = page.locator(".st-key-run_strip")
    expect(strip.get_by_role("link", name=re.compile(r"\bFlow run"))).to_have_attribute(
        "href", f"{stack.public_url('prefect')}/runs/flow-run/{run_id}"
    )
    expect(strip.get_by_role("link", name="MLflow run")).to_have_attribute("href", re.compile("/#/experiments/.+/runs"))
    expect(strip.get_by_role("link", name="churn-predictor version")).to_be_visible()
    expect(strip.get_by_text("predictions")).to_be_visible()


def test_a_double_click_is_one_run(page: Page, prefect, dagster):
    before = {run.id for run in runs_of("part1_tasks_flows", prefect, dagster)}
    open_step(page, "part1_tasks_flows", "Tasks & flows")
    button = page.get_by_role("button", name="Run the flow")
    expect(button).to_be_enabled()
    button.dblclick()
    expect_run(page, run_in_address(page))
    expect_state(page, "Completed")
    assert len({run.id for run in runs_of("part1_tasks_flows", prefect, dagster)} - before) == 1


def test_a_run_can_be_cancelled(page: Page, prefect, stack):
    flow, fast, slow = SLOW
    with edited(stack.workspace / flow, fast, slow):
        open_step(page, "part1_tasks_flows", "Tasks & flows")
        press_run(page, "Run the flow")
        run_id = run_in_address(page)
        expect_run(page, run_id)
        expect_state(page, "Running")
        page.get_by_role("button", name="Cancel").click()
        expect_state(page, "Cancelled")
    expect(page.get_by_text("Cancelled, and its process has ended.")).to_be_visible()
    assert prefect.run(run_id).phase is RunPhase.CANCELLED


def test_a_value_out_of_bounds_starts_nothing(page: Page, prefect, dagster):
    before = {run.id for run in runs_of("part5_full_pipeline", prefect, dagster)}
    open_step(page, "part5_full_pipeline", "Full pipeline with MLflow")
    field = page.get_by_role("spinbutton", name="test_size")
    field.fill("0.9")
    field.press("Enter")
    under_the_button = page.locator(".st-key-run_card")
    expect(under_the_button.get_by_text("test_size: 0.9 is too large; the most is 0.5.")).to_be_visible()
    expect(page.get_by_role("button", name="Run the pipeline")).to_be_disabled()
    field.fill("0.3")
    field.press("Enter")
    expect(page.get_by_role("button", name="Run the pipeline")).to_be_enabled()
    experiment = page.get_by_role("textbox", name="experiment")
    experiment.fill("no spaces please")
    experiment.press("Enter")
    expect(page.get_by_role("button", name="Run the pipeline")).to_be_disabled()
    assert {run.id for run in runs_of("part5_full_pipeline", prefect, dagster)} == before


def test_code_and_request_are_those_of_the_button(page: Page, prefect):
    open_step(page, "part1_tasks_flows", "Tasks & flows")
    code = page.get_by_text("workshop/prefect/part1_tasks_flows/flow.py")
    expect(code).to_be_visible()
    expect(page.get_by_text("def tasks_and_flows(")).to_be_visible()
    page.get_by_text("The request that the button sends").click()
    target = prefect.target("tasks-and-flows/part1_tasks_flows")
    expect(page.get_by_text(f"/api/deployments/{target.id}/create_flow_run")).to_be_visible()
    expect(page.get_by_text("idempotency_key").first).to_be_visible()


def test_steps_are_read_in_french_and_the_form_keeps_its_values(page: Page):
    page.goto("/part1_tasks_flows")
    choose(page, "dataset", "cdnow")
    page.get_by_role("button", name="Français").or_(page.get_by_role("radio", name="Français")).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Tasks & flows")
    page.get_by_role("link", name="Runs").click()
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Lancer le flow")).to_be_visible()
    expect(page.get_by_role("combobox", name="dataset")).to_have_value("cdnow")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Tasks & flows")
