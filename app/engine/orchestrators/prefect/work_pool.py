"""Prefect's work pool: created, or brought up to date, before a worker polls it."""

import json
import shlex
import sys
from typing import Any

from app.engine.addresses import in_path
from app.engine.errors import NotFound
from app.engine.orchestrators.contract import ApiRequest
from app.engine.orchestrators.transport import Transport
from app.settings import ROOT, Settings

TEMPLATE = ROOT / "compose" / "prefect_work_pool.json"
MOST_AT_ONCE = 6
"""Flow runs of a new pool: each is a process of some 250 MB, and the worker's container has 2 GB for them."""


def job_template(settings: Settings) -> dict[str, Any]:
    """Fill the pool's defaults in: a run that names no workspace uses the stack's own."""
    template: dict[str, Any] = json.loads(TEMPLATE.read_text())
    variables = template["variables"]["properties"]
    variables["working_dir"]["default"] = str(settings.workspace.resolve())
    variables["command"]["default"] = f"{shlex.quote(sys.executable)} -m prefect.engine"
    return template


def register_pool(settings: Settings) -> None:
    """Create the work pool, or bring its job template up to date. A limit that somebody has set is kept.

    Raises:
        ServiceDown: Prefect does not answer.
    """
    name = settings.work_pool
    transport = Transport("Prefect", settings.internal_url("prefect"), settings.public_url("prefect"))
    body: dict[str, Any] = {"base_job_template": job_template(settings)}
    method, path = "PATCH", f"/api/work_pools/{in_path(name)}"
    try:
        transport.get(path)
    except NotFound:
        method, path = "POST", "/api/work_pools/"
        body |= {"name": name, "type": "process", "concurrency_limit": MOST_AT_ONCE}
    transport.send(ApiRequest(method, transport.base_url, transport.base_url, path, body))
