"""Describe a click on each orchestrator as the panel does."""

from dataclasses import replace
from pathlib import Path

from app.engine.orchestrators.contract import Target, Trigger

TREES = {"type": "integer", "minimum": 10, "maximum": 500, "default": 100}
SHARE = {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5, "default": 0.25}
CONFIG = {"type": "object", "properties": {"trees": TREES, "share": SHARE, "note": {"type": "string"}}}

FLOW = Target("prefect", "churn-pipeline/part5", "d-1", CONFIG)
JOB = Target("dagster", "churn_job", "j-1", {"type": "object", "properties": {"model": CONFIG, "report": CONFIG}})

FLOW_CLICK = Trigger("ada", "part5", FLOW, {"trees": 20}, "c1", "abc123", Path("/data/learners/ada"))
JOB_CLICK = replace(FLOW_CLICK, target=JOB, step="assets", parameters={"model": {"trees": 20}})

TAGS = {"workshop/learner": "ada", "workshop/click": "c1", "workshop/code": "abc123"}
