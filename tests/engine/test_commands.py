"""What a person is told to type fits the way in which the stack is run."""

import pytest

from app.engine.commands import command


def test_the_local_stack_has_make():
    assert [command(what) for what in ("start", "status", "logs")] == ["`make up`", "`make status`", "`make logs`"]


@pytest.mark.usefixtures("in_compose")
def test_compose_has_its_own_words_and_dagster_a_profile():
    assert command("start") == "`docker compose up -d`"
    assert command("register") == "`docker compose run --rm deployments`"
    for title in ("Dagster", "Dagster daemon"):
        assert command("start", title) == "`docker compose --profile dagster up -d`"
