"""Run Dagster's webserver behind the guard.

`python -m app.engine.stack.programs.dagster_webserver` takes the webserver's own options.
"""

from typing import Any

from dagster_webserver import app, cli
from dagster_webserver.webserver import DagsterWebserver
from starlette.middleware import Middleware

from app.engine.stack.guard import Guard, names_of
from app.engine.stack.programs.dagster_home import open_stores


class GuardedWebserver(DagsterWebserver[Any, Any]):
    """A webserver that refuses what other sites' pages ask."""

    def build_middleware(self) -> list[Middleware]:
        """Put the guard before everything else."""
        return [Middleware(Guard, names=names_of("dagster")), *super().build_middleware()]


if __name__ == "__main__":
    open_stores()
    app.DagsterWebserver = GuardedWebserver  # type: ignore[attr-defined]
    cli.cli(auto_envvar_prefix="DAGSTER_WEBSERVER")
