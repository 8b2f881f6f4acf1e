"""The request behind the button, as curl, as Python and as a command, for both orchestrators."""

import pytest

from app.components.step import request_panel
from app.engine.orchestrators.dagster.client import Dagster
from app.engine.orchestrators.prefect.client import Prefect
from tests.engine.triggers import FLOW_CLICK, JOB_CLICK
from tests.shown import shown, words

PREFECT = Prefect("http://internal:4200", "https://prefect.example", "workshop")
DAGSTER = Dagster("http://internal:3000", "https://dagster.example")
PREFECTS = ["/api/deployments/d-1/create_flow_run", "run_deployment(", "prefect deployment run"]
DAGSTERS = ["https://dagster.example/graphql", "submit_job_execution(", "dagster-graphql --remote"]


@pytest.mark.parametrize(("client", "click", "ways"), [(PREFECT, FLOW_CLICK, PREFECTS), (DAGSTER, JOB_CLICK, DAGSTERS)])
def test_the_request_is_shown_in_three_ways(client, click, ways):
    page = shown(request_panel.show, client.build_request(click), click.target)
    assert [tab.label for tab in page.tabs] == ["curl: the request itself", "Python: equivalent", "CLI: equivalent"]
    for tab, expected in zip(page.tabs, ways, strict=True):
        assert expected in tab.code[0].value


@pytest.mark.parametrize(("client", "click"), [(PREFECT, FLOW_CLICK), (DAGSTER, JOB_CLICK)])
def test_a_person_gets_the_public_address_and_the_values_of_the_form(client, click):
    page = shown(request_panel.show, client.build_request(click), click.target)
    assert "internal" not in words(page)
    assert all("trees" in block.value for block in page.code)


def test_only_prefects_command_cannot_be_repeated_safely():
    assert "idempotency key" in words(shown(request_panel.show, PREFECT.build_request(FLOW_CLICK), FLOW_CLICK.target))
    page = shown(request_panel.show, DAGSTER.build_request(JOB_CLICK), JOB_CLICK.target)
    assert not page.caption
