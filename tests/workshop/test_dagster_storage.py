"""A run goes on with its own values, whatever other runs of the same assets make meanwhile."""

from pathlib import Path

import dagster as dg
import pytest

from workshop.dagster.definitions import defs
from workshop.dagster.storage import KEPT, run_storage


class Value(dg.Config):
    value: int = 0


@dg.asset
def number(config: Value) -> int:
    return config.value


@dg.asset
def other_run(context: dg.AssetExecutionContext, number: int) -> int:
    """Another run makes the same asset before this one goes on."""
    if number < 10:
        make(context.instance, number + 10, [number_key])
    return number


@dg.asset
def result(number: int, other_run: int) -> int:
    return number + 100 * other_run


number_key = number.key


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as dagster_instance:
        yield dagster_instance


def make(instance, value, selection=None):
    config = {"ops": {"number": {"config": {"value": value}}}} if selection in (None, [number_key]) else {}
    return dg.materialize(
        [number, other_run, result],
        instance=instance,
        resources={"io_manager": run_storage},
        run_config=config,
        selection=selection,
    )


def test_a_run_uses_what_it_has_made_itself(instance):
    assert make(instance, 1).output_for_node("result") == 101
    assert make(instance, 12).output_for_node("result") == 1212


def test_a_run_of_some_assets_uses_the_newest_of_the_others(instance):
    make(instance, 1)
    make(instance, 12)
    assert make(instance, 0, [result.key]).output_for_node("result") == 1212


def test_an_asset_that_nobody_has_made_is_missed_by_its_file(instance):
    with pytest.raises(FileNotFoundError, match="not-made-yet"):
        make(instance, 0, [result.key])


def test_old_values_are_forgotten(instance):
    for value in range(KEPT + 2):
        make(instance, value + 10, [number_key])
    assert len(list((Path(instance.storage_directory()) / "assets" / "number").iterdir())) == KEPT
    assert make(instance, 0, [other_run.key]).output_for_node("other_run") == KEPT + 11


def test_the_workshops_assets_are_kept_so():
    assert defs.resources["io_manager"] is run_storage
