"""Run `mlflow server` in one process.

`python -m app.engine.stack.programs.mlflow_server --port 5000 …` takes the server's own options.

MLflow's command starts a second process and waits for it. That costs 190 MB and ten seconds of a processor, and when
the first alone is killed the second keeps the port, so that whatever is started in its place fails.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from app.engine.stack.guard import Guard, names_of
from app.engine.tracking.hosts import allowed_hosts

if "MLFLOW_INTERNAL_URL" in os.environ:  # read by MLflow while it is imported; set already in the local stack
    hosts = allowed_hosts(os.environ["MLFLOW_INTERNAL_URL"], os.environ["MLFLOW_PUBLIC_URL"])
    os.environ.setdefault("MLFLOW_SERVER_ALLOWED_HOSTS", hosts)

from uvicorn.main import main as uvicorn  # isort: skip # before MLflow, which sets its host check up only under a server

import mlflow.server  # isort: skip
from mlflow.cli import cli  # isort: skip


def serve_here(command: Sequence[str], extra_env: Mapping[str, str], **_: Any) -> None:
    """Serve what MLflow would have started as `python -m uvicorn …`, behind the guard.

    MLflow's own check lets the pages of every port of this machine in.
    """
    os.environ.update(extra_env)
    from mlflow.server.fastapi_app import app  # reads these variables

    app.add_middleware(Guard, names=names_of("mlflow"))
    uvicorn(args=list(command[3:]))


if __name__ == "__main__":
    mlflow.server._exec_cmd = serve_here  # type: ignore[attr-defined,assignment]
    cli(args=["server", *sys.argv[1:]])
