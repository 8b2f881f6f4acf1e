"""Give a step's assets, checks and jobs the names of their learner and their step.

Keys of assets and names of ops, checks and jobs must be unique in a code location. In a step's own module everything
has a plain name. Here the learner and the step come before it (`workshop/naming.py` says how).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

import dagster as dg

from workshop.naming import LEARNER_TAG, SHARED_STEP, STEP_TAG, asset_prefix, job_name, op_name, step_job

AssetJob = type(dg.define_asset_job("any"))
AnyAssets = TypeVar("AnyAssets", bound=dg.AssetsDefinition)
Keys = Mapping[dg.AssetKey, dg.AssetKey]


@dataclass(frozen=True)
class Owner:
    """The learner and the step that a module of assets belongs to."""

    learner: str
    step: str

    def key(self, key: dg.AssetKey) -> dg.AssetKey:
        """Name an asset of the step's module."""
        return dg.AssetKey([*asset_prefix(self.learner, self.step), *key.path])

    def op(self, name: str) -> str:
        """Name the op that makes or checks an asset."""
        return op_name(name, self.learner, self.step)

    def job(self, name: str) -> str:
        """Name a job."""
        return job_name(step_job(name, self.step), self.learner)


def step_definitions(owner: Owner, module: ModuleType, shared: ModuleType | None) -> dg.Definitions:
    """Load the assets, checks and jobs of a step's module, under the names of their owner.

    Args:
        owner: whose they are.
        module: the step's `assets.py`.
        shared: the module of the learner's shared assets, which an asset or a job of the step may need.
    """
    assets, shared_assets = _assets_of(module), _assets_of(shared) if shared else []
    keys = {**_keys(Owner(owner.learner, SHARED_STEP), shared_assets), **_keys(owner, assets)}
    every = {key: asset for asset in [*shared_assets, *assets] for key in asset.keys}.values()
    checks = dg.load_asset_checks_from_modules([module])
    jobs = [job for job in vars(module).values() if isinstance(job, AssetJob)]
    return dg.Definitions(
        assets=[_renamed(asset, owner, keys) for asset in assets],
        asset_checks=[_renamed(check, owner, keys) for check in checks],
        jobs=[_job_of(owner, job, [keys[key] for key in job.selection.resolve(list(every))]) for job in jobs],
    )


def _keys(owner: Owner, assets: list[dg.AssetsDefinition]) -> Keys:
    return {key: owner.key(key) for asset in assets for key in asset.keys}


def names_of(definitions: dg.Definitions) -> Iterator[tuple[str, str]]:
    """List all names that must be unique in a code location, each with what it names."""
    for asset in definitions.assets or []:
        if isinstance(asset, dg.AssetsDefinition):
            yield from (("asset", key.to_user_string()) for key in asset.keys)
            yield "op", asset.node_def.name
    for check in definitions.asset_checks or []:
        yield "op", check.node_def.name
    for job in definitions.jobs or []:
        yield "job", job.name


def missing_job(name: str, problem: str) -> dg.JobDefinition:
    """Make a job in place of a missing one: it says why, and a run of it fails with the same words."""

    @dg.op(name=f"{name}__is_missing")
    def is_missing() -> None:
        """Say why the job is missing."""
        raise dg.Failure(problem)

    @dg.job(name=name, description=problem, metadata={"problem": dg.MetadataValue.json(problem)})
    def missing() -> None:
        is_missing()

    return missing


def _assets_of(module: ModuleType) -> list[dg.AssetsDefinition]:
    loaded = dg.load_assets_from_modules([module])
    return [asset for asset in loaded if isinstance(asset, dg.AssetsDefinition)]


def _renamed(definition: AnyAssets, owner: Owner, keys: Keys) -> AnyAssets:
    """Give an asset or a check the keys of its owner, and its op the owner's name."""
    attributes = definition.with_attributes(asset_key_replacements=keys).get_attributes_dict()
    op = definition.op
    attributes["node_def"] = op.with_replaced_properties(name=owner.op(op.name))
    del attributes["execution_type"]  # a beta parameter, whose default is what `@dg.asset` gives
    return type(definition)(**attributes)


def _job_of(owner: Owner, job: Any, keys: list[dg.AssetKey]) -> Any:
    """Make a job its owner's: its name, its assets, the ops in its config schema, and the labels of its runs.

    The labels are for runs that a schedule starts. A job of the shared module that belongs to another step names this
    step in tags of its own. A click names its step itself.
    """
    metadata: dict[str, Any] = dict(job.metadata or {})
    if schemas := metadata.get("config_schema"):
        renamed = {owner.op(op): schema for op, schema in schemas.value.items()}
        metadata["config_schema"] = dg.MetadataValue.json(renamed)
    return dg.define_asset_job(
        owner.job(job.name),
        selection=dg.AssetSelection.assets(*keys),
        description=job.description,
        metadata=metadata,
        tags={STEP_TAG: owner.step, **(job.tags or {}), LEARNER_TAG: owner.learner},
    )
