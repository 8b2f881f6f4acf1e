"""What in a step's code Prefect can run."""

import ast

import pytest

from app.engine.orchestrators.prefect.tool import PREFECT, flow_name


@pytest.mark.parametrize(
    ("decorator", "name"),
    [
        ("@flow", "my-flow"),
        ("@flow()", "my-flow"),
        ("@prefect.flow(retries=1)", "my-flow"),
        ("@cached\n@flow(name='Mine')", "Mine"),
        ("@task", None),
        ("@workflow", None),
        ("", None),
    ],
)
def test_a_flow_is_told_by_its_decorator(decorator, name):
    (definition,) = ast.parse(f"{decorator}\ndef my_flow(): pass\n").body
    assert flow_name(definition) == name
    assert PREFECT.target_in(definition, "my_flow", "part1", "part1") == (f"{name}/part1" if name else "")
