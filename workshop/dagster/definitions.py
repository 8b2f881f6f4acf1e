"""What Dagster loads: everybody's assets and jobs, in one code location.

The solo learner's have plain names. Another learner's come from the folder `<data dir>/learners/<learner>`, if it
contains a `workshop/`: their asset keys begin with the learner, their ops and jobs are named after the learner.

The step `assets` has the assets that all Dagster steps share, under plain names. Another step may bring an `assets.py`
of its own: its keys, ops and jobs carry the step's id. A step that does not load, or whose names another one already
has, is left out alone: in place of its jobs stand jobs that say why.
"""

import importlib
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import dagster as dg

from workshop.churn.data import data_dir
from workshop.dagster.step_definitions import Owner, missing_job, names_of, step_definitions
from workshop.dagster.storage import run_storage
from workshop.naming import SHARED_STEP, SOLO_LEARNER

REPOSITORY = Path(__file__).resolve().parents[2]
JOB_IN_SOURCE = re.compile(
    r"""^\w+\s*=\s*(?:dg\.|dagster\.)?define_asset_job\(\s*(?:name\s*=\s*)?["'](\w+)["']""", re.M
)
"""Finds the names of a module's jobs where the module cannot be imported."""
Taken = dict[tuple[str, str], Owner]
"""Names in the code location, and whose they are."""


def definitions_for(learner: str, workspace: Path, taken: Taken | None = None) -> dg.Definitions:
    """Load one learner's assets, checks and jobs from that learner's own code.

    Args:
        learner: names what is loaded; the solo learner's keeps its plain names.
        workspace: the folder that contains the `workshop/` to load.
        taken: the names that others have; this learner's are added to it.
    """
    taken = {} if taken is None else taken
    shared: ModuleType | None = None
    loaded: list[dg.Definitions] = []
    for step in steps_of(workspace):
        owner = Owner(learner, step)
        try:
            module = _load(workspace, step)
            definitions = step_definitions(owner, module, shared)
            names = _free_names(definitions, taken)
            dg.Definitions.validate_loadable(dg.Definitions.merge(*loaded, definitions))
        except Exception as error:  # one mistake must not take the assets of others away
            problem = f"The step {step} does not load in Dagster: {_in_one_line(error)}"
            logging.getLogger("dagster").exception("The code of %s does not load: step %s", learner, step)
            definitions = _missing_jobs(owner, workspace, problem, taken)
        else:
            taken.update(dict.fromkeys(names, owner))
            shared = module if step == SHARED_STEP else shared
        loaded.append(definitions)
    return dg.Definitions.merge(*loaded) if loaded else dg.Definitions()


def steps_of(workspace: Path) -> list[str]:
    """Name the steps that bring a module `assets`: the shared one first, then by name."""
    steps = [file.parent.name for file in (workspace / "workshop" / "dagster").glob("*/assets.py")]
    return sorted(steps, key=lambda step: (step != SHARED_STEP, step))


def all_definitions() -> dg.Definitions:
    """Merge the solo learner's definitions with those of every workspace."""
    taken: Taken = {}
    merged = [definitions_for(SOLO_LEARNER, REPOSITORY, taken)]
    for workspace in sorted((data_dir() / "learners").glob("*/")):
        if (workspace / "workshop").is_dir():
            merged.append(definitions_for(workspace.name, workspace, taken))
    everywhere = dg.Definitions(executor=dg.in_process_executor, resources={"io_manager": run_storage})
    return dg.Definitions.merge(*merged, everywhere)


def _free_names(definitions: dg.Definitions, taken: Taken) -> list[tuple[str, str]]:
    """List the names of a step's definitions.

    Raises:
        ValueError: another step or learner already has one of them.
    """
    names = list(names_of(definitions))
    for kind, name in names:
        if owner := taken.get((kind, name)):
            raise ValueError(f"its {kind} {name} has the name of one in the step {owner.step}. Rename it.")
    return names


def _missing_jobs(owner: Owner, workspace: Path, problem: str, taken: Taken) -> dg.Definitions:
    """Put jobs that tell the problem where the step's own jobs would be."""
    source = (workspace / "workshop" / "dagster" / owner.step / "assets.py").read_text("utf-8", errors="replace")
    names = {owner.job(base) for base in JOB_IN_SOURCE.findall(source)}
    free = sorted(name for name in names if ("job", name) not in taken)
    taken.update(dict.fromkeys((("job", name) for name in free), owner))
    return dg.Definitions(jobs=[missing_job(name, problem) for name in free])


def _in_one_line(error: Exception) -> str:
    words = " ".join(str(error).split())
    return words if type(error) is ValueError else f"{type(error).__name__}: {words}"


def _load(workspace: Path, step: str) -> ModuleType:
    name = f"workshop.dagster.{step}.assets"
    if workspace.resolve() == REPOSITORY:
        return importlib.import_module(name)
    with _own_workshop(workspace):
        return importlib.import_module(name)


@contextmanager
def _own_workshop(workspace: Path) -> Iterator[None]:
    """Let `import workshop` mean the workspace's own for a moment.

    What is imported keeps what it imported: its functions call the workspace's own code from then on. Only an import
    of `workshop` inside a function, when it is called later, would find the repository's.
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
