"""The unreliable API: the fault dial of a learner, and the calls that it recorded."""

from typing import Any

from app.components.reads.asking import Freshness, asks
from app.components.reads.clients import fault_dial
from app.engine.orchestrators.contract import JsonSchema, Parameters


@asks("unreliable_api", freshness=Freshness.STEADY)
def dial_of(learner: str) -> Parameters:
    """Read a learner's fault dial."""
    return fault_dial().read(learner)


@asks("unreliable_api", freshness=Freshness.FIXED)
def dial_schema() -> JsonSchema:
    """Read the schema of a fault dial."""
    return fault_dial().schema()


@asks("unreliable_api", freshness=Freshness.LIVE)
def recorded_calls(learner: str, run_id: str) -> list[dict[str, Any]]:
    """List the calls of one run that the unreliable API has answered."""
    return fault_dial().calls(learner, run_id)
