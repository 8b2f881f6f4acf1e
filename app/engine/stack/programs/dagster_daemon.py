"""Dagster's daemon: `python -m app.engine.stack.programs.dagster_daemon run …`, with its own options."""

from dagster._daemon.cli import cli

from app.engine.stack.programs.dagster_home import open_stores

if __name__ == "__main__":
    open_stores()
    cli(auto_envvar_prefix="DAGSTER_DAEMON")
