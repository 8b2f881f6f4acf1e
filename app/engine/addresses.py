"""Check ids and quote paths before they become parts of an address."""

import re
from urllib.parse import quote

RUN_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
MLFLOW_RUN_ID = re.compile(r"[0-9a-f]{32}")


def is_run_id(text: str) -> bool:
    """Say whether this can be the id of a Prefect flow run or a Dagster run: a UUID."""
    return RUN_ID.fullmatch(text) is not None


def is_mlflow_run_id(text: str) -> bool:
    """Say whether this can be the id of an MLflow run."""
    return MLFLOW_RUN_ID.fullmatch(text) is not None


def in_path(part: str) -> str:
    """Quote one part of a path. It stays one part, and leads to no other folder."""
    quoted = quote(part, safe="")
    return quoted if part.strip(".") else quoted.replace(".", "%2E")


def deployment_path(name: str) -> str:
    """Give the path of a Prefect deployment by its name: `flow/deployment`."""
    flow, _slash, deployment = name.partition("/")
    return f"/api/deployments/name/{in_path(flow)}/{in_path(deployment)}"
