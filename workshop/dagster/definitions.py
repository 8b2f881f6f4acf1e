"""What Dagster loads: everybody's assets and jobs, in one code location.

The solo learner's have plain names. Another learner's come from the folder `<data dir>/learners/<learner>`, if it
contains a `workshop/`: their asset keys begin with the learner, their ops and jobs are named after the learner.
"""

import importlib
import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from workshop.churn.data import data_dir
from workshop.dagster.storage import run_storage
from workshop.naming import LEARNER_TAG, SOLO_LEARNER, STEP_TAG, job_name

REPOSITORY = Path(__file__).resolve().parents[2]

AnyAssets = TypeVar("AnyAssets", bound=dg.AssetsDefinition)


def definitions_for(learner: str, workspace: Path) -> dg.Definitions:
    """Load one learner's assets, checks and jobs from that learner's own code.

    Args:
        learner: names what is loaded; the solo learner's keeps its plain names.
        workspace: the folder that contains the `workshop/` to load.
    """
    return dg.Definitions.merge(
        *(_step_definitions(learner, step, _load(workspace, step)) for step in steps_of(workspace))
    )


def steps_of(workspace: Path) -> list[str]:
    """Name the steps of a workspace: each folder here that has a module `assets`."""
    return sorted(file.parent.name for file in (workspace / "workshop" / "dagster").glob("*/assets.py"))


def all_definitions() -> dg.Definitions:
    """Merge the solo learner's definitions with those of every workspace; one that does not load is left out."""
    merged = [definitions_for(SOLO_LEARNER, REPOSITORY)]
    for workspace in sorted((data_dir() / "learners").glob("*/")):
        if not (workspace / "workshop").is_dir():
            continue
        try:
            merged.append(definitions_for(workspace.name, workspace))
        except Exception:  # one learner's mistake must not take the others' assets away
            logging.getLogger("dagster").exception("The code of %s does not load", workspace.name)
    shared = dg.Definitions(executor=dg.in_process_executor, resources={"io_manager": run_storage})
    return dg.Definitions.merge(*merged, shared)


def _step_definitions(learner: str, step: str, module: ModuleType) -> dg.Definitions:
    prefix = None if learner == SOLO_LEARNER else learner
    assets = _assets_of(module, prefix)
    checks = dg.load_asset_checks_from_modules([module], asset_key_prefix=prefix)
    jobs = [job for job in vars(module).values() if isinstance(job, UnresolvedAssetJobDefinition)]
    originals = _assets_of(module, None)
    return dg.Definitions(
        assets=[_rename_op(asset, learner) for asset in assets],
        asset_checks=[_rename_op(check, learner) for check in checks],
        jobs=[_job_of(learner, step, job, job.selection.resolve(originals)) for job in jobs],
    )


def _assets_of(module: ModuleType, prefix: str | None) -> list[dg.AssetsDefinition]:
    found = dg.load_assets_from_modules([module], key_prefix=prefix)
    return [asset for asset in found if isinstance(asset, dg.AssetsDefinition)]


def _op_name(name: str, learner: str) -> str:
    return name if learner == SOLO_LEARNER else f"{learner.replace('-', '_')}__{name}"


def _rename_op(definition: AnyAssets, learner: str) -> AnyAssets:
    """Name the op after the learner, too: two ops of one name cannot be in one code location."""
    attributes = definition.get_attributes_dict()
    op = attributes["node_def"]
    attributes["node_def"] = op.with_replaced_properties(name=_op_name(op.name, learner))
    renamed: AnyAssets = type(definition).dagster_internal_init(**attributes)  # type: ignore[assignment]
    return renamed


def _job_of(
    learner: str, step: str, job: UnresolvedAssetJobDefinition, keys: Iterable[dg.AssetKey]
) -> UnresolvedAssetJobDefinition:
    """Make a job the learner's: its name, its assets, the ops in its config schema, and the labels of its runs."""
    prefix = [] if learner == SOLO_LEARNER else [learner]
    metadata: dict[str, Any] = dict(job.metadata or {})
    schemas = metadata.get("config_schema")
    if schemas is not None:
        metadata["config_schema"] = dg.MetadataValue.json(
            {_op_name(op, learner): schema for op, schema in schemas.value.items()}
        )
    return dg.define_asset_job(
        job_name(job.name, learner),
        selection=dg.AssetSelection.assets(*(dg.AssetKey([*prefix, *key.path]) for key in keys)),
        description=job.description,
        metadata=metadata,
        tags={**(job.tags or {}), LEARNER_TAG: learner, STEP_TAG: step},
    )


def _load(workspace: Path, step: str) -> ModuleType:
    name = f"workshop.dagster.{step}.assets"
    if workspace.resolve() == REPOSITORY:
        return importlib.import_module(name)
    with _own_workshop(workspace):
        return importlib.import_module(name)


@contextmanager
def _own_workshop(workspace: Path) -> Iterator[None]:
    """Let `import workshop` mean the workspace's own for a moment.

    What is imported keeps what it imported: its functions call the workspace's own code for ever. Only an import of
    `workshop` inside a function, when it is called later, would find the repository's.
    """
    others = _take_workshop_modules()
    sys.path.insert(0, str(workspace))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        _take_workshop_modules()
        sys.path.remove(str(workspace))
        sys.modules.update(others)


def _take_workshop_modules() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name == "workshop" or name.startswith("workshop.")]
    return {name: sys.modules.pop(name) for name in names}


defs = all_definitions()
