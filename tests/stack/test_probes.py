"""A probe sees what an easy question does not."""

import httpx
import pytest

from app.engine.stack.probes import Call, Unwell
from app.engine.stack.services.mlflow import probe_mlflow


def test_mlflow_that_refuses_our_host_name_is_unwell_and_the_setting_is_named(stack):
    client = httpx.Client(headers={"Host": "mlflow.example:5000"}, trust_env=False)
    with client as http, pytest.raises(Unwell, match="refuses the host name") as problem:
        probe_mlflow(Call(http, stack))
    assert "MLFLOW_INTERNAL_URL" in problem.value.repair
    with httpx.Client(trust_env=False) as http:
        assert probe_mlflow(Call(http, stack)) == "Answers."
