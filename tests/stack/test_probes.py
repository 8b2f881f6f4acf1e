"""A probe sees what an easy question does not."""

import httpx
import pytest

from app.engine.stack.probes import Call, Unwell, probe_mlflow


def test_mlflow_that_refuses_our_host_name_is_unwell_although_its_health_passes(stack):
    with httpx.Client(headers={"Host": "mlflow.example:5000"}, trust_env=False) as http:
        assert http.get(f"{stack.internal_url('mlflow')}/health").text == "OK"
        with pytest.raises(Unwell, match="refuses the host name") as problem:
            probe_mlflow(Call(http, stack))
    assert "MLFLOW_SERVER_ALLOWED_HOSTS" in problem.value.repair
    with httpx.Client(trust_env=False) as http:
        assert probe_mlflow(Call(http, stack)) == "Answers."
