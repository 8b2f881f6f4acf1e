"""Where Dagster keeps what assets are: a file for each asset and run.

Dagster's own storage has one file for each asset. Of two runs at the same moment, one would then go on with what the
other has made: with its model, or with its customers.
"""

import pickle
from typing import Any

import dagster as dg
from upath import UPath

KEPT = 20
"""Runs of an asset whose values stay; of older ones, only what their metadata tells."""


class RunStorage(dg.UPathIOManager):
    """Gives a run what that run itself has made.

    What it has not made comes from the newest run that made it.
    """

    def dump_to_path(self, context: dg.OutputContext, obj: Any, path: UPath) -> None:  # noqa: ARG002
        """Write the value of an asset, and forget those of its oldest runs."""
        unfinished = path.with_name(f".{path.name}")
        unfinished.write_bytes(pickle.dumps(obj))
        unfinished.rename(path)
        for old in _newest_first(path.parent)[KEPT:]:
            old.unlink(missing_ok=True)

    def load_from_path(self, context: dg.InputContext, path: UPath) -> Any:  # noqa: ARG002
        """Read the value of an asset. It is this stack's own file."""
        return pickle.loads(path.read_bytes())  # noqa: S301

    def get_asset_relative_path(self, context: dg.InputContext | dg.OutputContext) -> UPath:
        """Name the file of an asset and a run."""
        folder = super().get_asset_relative_path(context)
        if isinstance(context, dg.OutputContext):
            return folder / context.run_id
        own = folder / context.step_context.run_id
        if (self._base_path / own).exists():
            return own
        return folder / next((path.name for path in _newest_first(self._base_path / folder)), "not-made-yet")


def _newest_first(folder: UPath) -> list[UPath]:
    """List the values of an asset. One that is just being written has a name with a dot."""
    files = [path for path in folder.glob("[!.]*") if path.is_file()] if folder.exists() else []
    return sorted(files, key=lambda path: path.stat().st_mtime_ns, reverse=True)


@dg.io_manager
def run_storage(context: dg.InitResourceContext) -> RunStorage:
    """Keep everything beside Dagster's own files."""
    if context.instance is None:
        raise RuntimeError("Dagster gives an instance to whatever it runs.")
    return RunStorage(UPath(context.instance.storage_directory()) / "assets")
