"""Folders import only what they may, and no folder shadows a package."""

import ast
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from app.settings import ROOT

TOOLS = ("prefect", "dagster", "mlflow", "airflow", "compare", "monitor")
WORKSHOP = sorted((ROOT / "workshop").rglob("*.py"))
ENGINE = sorted((ROOT / "app" / "engine").rglob("*.py"))
PROGRAMS = (
    "programs.deployments",
    "compose.register",
    "programs.mlflow_server",
    "programs.dagster_webserver",
    "programs.dagster_code",
    "programs.dagster_daemon",
    "programs.dagster_home",
    "stack.repair.dagster",
)
"""Of the engine: each is a program or stands beside one, and imports workshop code or a tool."""
LOADS_ITS_TOOL = ("__init__", "__main__", *PROGRAMS)
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
PATH_LINE = re.compile(r"pythonpath|sys\.path\.", re.IGNORECASE)
WORKSHOP_ITSELF = re.compile(r"""(?<![\w-])workshop/?(?=["':\s)\]]|$)""")


def puts_workshop_on_path(line: str) -> bool:
    return bool(PATH_LINE.search(line) and WORKSHOP_ITSELF.search(line))


def imported_by(file: Path) -> set[str]:
    """Name the top-level packages that a file imports."""
    packages = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            packages |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            packages.add((node.module or "").split(".")[0])
    return packages


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tools_folder_cannot_be_mistaken_for_its_package(tool):
    assert not (ROOT / "workshop" / tool / "__init__.py").exists()


@pytest.mark.parametrize("file", WORKSHOP, ids=name)
def test_the_workshop_knows_nothing_of_the_panel(file):
    assert imported_by(file) & {"app", "streamlit", "tests"} == set()


@pytest.mark.parametrize("file", ENGINE, ids=name)
def test_the_engine_never_imports_streamlit_nor_what_is_above_it(file):
    assert "streamlit" not in imported_by(file)
    assert not re.search(r"from app\.(views|components|main)|import app\.(views|components|main)", file.read_text())


def test_importing_the_engine_loads_neither_streamlit_nor_the_big_tools():
    modules = [name(file).removesuffix(".py").replace("/", ".") for file in ENGINE]
    light = [module for module in modules if not module.endswith(LOADS_ITS_TOOL)]
    program = f"import sys\nfor module in {light}: __import__(module)\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"streamlit", "mlflow", "prefect", "dagster", "pandas"} & set(done.stdout.split()) == set()


def test_no_folder_of_pages_wakes_streamlits_old_discovery():
    assert [folder for folder in (ROOT / "app").rglob("pages") if folder.is_dir()] == []
    assert not (ROOT / "app" / "app.py").exists()


@pytest.mark.parametrize("tool", ["prefect", "dagster", "mlflow"])
def test_the_packages_are_the_installed_ones(tool):
    origin = find_spec(tool).origin
    assert origin is not None
    assert "site-packages" in origin


def test_the_workshop_folder_itself_is_on_nobodys_path():
    assert [entry for entry in sys.path if Path(entry).resolve() == ROOT / "workshop"] == []
    readable = [ROOT / file for file in TRACKED if file.endswith((".py", ".conf", ".yaml", ".yml", ".toml", ".ini"))]
    readable += [ROOT / file for file in TRACKED if Path(file).name in ("Makefile", ".env.example")]
    readable += [ROOT / file for file in TRACKED if "Dockerfile" in file or file.startswith(".ci/")]
    guilty = [
        f"{name(file)}: {line.strip()}"
        for file in readable
        if file.is_file() and file != Path(__file__)
        for line in file.read_text(encoding="utf-8").splitlines()
        if puts_workshop_on_path(line)
    ]
    assert guilty == []


@pytest.mark.parametrize(
    "line",
    [
        "ENV PYTHONPATH=/srv/workshop",
        'environment = PYTHONPATH="%(ENV_STACK_ROOT)s/workshop",A="b"',
        'sys.path.insert(0, str(ROOT / "workshop"))',
        'pythonpath = [".", "workshop"]',
        "      PYTHONPATH: /app/workshop:/app",
    ],
)
def test_a_path_that_would_shadow_the_packages_is_found(line):
    assert puts_workshop_on_path(line)


@pytest.mark.parametrize("line", ["PYTHONPATH=/mlops-workshop", "PYTHONPATH=/app python -m workshop.x", "workshop/"])
def test_a_path_that_is_fine_is_left_alone(line):
    assert not puts_workshop_on_path(line)


ROOMS_FOR_ALL = ("page", "reads")
"""Of the components: what every other may use."""


TOOL_FOLDERS = sorted(file.parent.name for file in (ROOT / "app" / "engine" / "orchestrators").glob("*/__init__.py"))
REGISTRY = ("engine", "orchestrators", "registry.py")


def from_app(file: Path) -> list[tuple[str, ...]]:
    """List what a file imports of the panel, as paths below `app` with the name at the end."""
    imports = [
        node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom) and node.module
    ]
    names = [f"{node.module}.{alias.name}".split(".") for node in imports for alias in node.names]
    return [tuple(each[1:]) for each in names if each[0] == "app"]


def walls_broken(place: tuple[str, ...], imported: tuple[str, ...]) -> str:
    """Say which rule an import breaks, or "".

    Args:
        place: where the file is, below `app`.
        imported: what it imports, below `app`.
    """
    floor, room = place[0], place[1]
    if floor == "components" and imported[0] == "components" and len(place) > 2:
        is_allowed = imported[1] == room or (imported[1] in ROOMS_FOR_ALL and room != "page")
        return "" if is_allowed else "a room of the components"
    if (
        floor == imported[0] == "engine"
        and room in ("orchestrators", "tracking")
        and imported[1] in ("stack", "curriculum", "classroom")
    ):
        return "what asks the tools"
    return tool_wall_broken(place, imported)


def tool_wall_broken(place: tuple[str, ...], imported: tuple[str, ...]) -> str:
    """Say when a file imports the folder of a tool that is not its own. Programs and repairs are each of one tool."""
    if imported[:2] != ("engine", "orchestrators") or imported[2] not in TOOL_FOLDERS:
        return ""
    is_own = place[:3] == imported[:3]
    is_allowed = place == REGISTRY or place[:2] == ("engine", "stack")
    return "" if is_own or is_allowed else "a tool's folder"


@pytest.mark.parametrize("file", sorted((ROOT / "app").rglob("*.py")), ids=name)
def test_no_import_goes_through_a_wall(file):
    place = file.relative_to(ROOT / "app").parts
    imports = from_app(file) if len(place) > 1 else []
    assert [each for each in imports if walls_broken(place, each)] == []


@pytest.mark.parametrize(
    ("place", "imported"),
    [
        (("components", "run", "a.py"), ("components", "board", "b", "x")),
        (("components", "page", "a.py"), ("components", "reads", "b", "x")),
        (("engine", "orchestrators", "transport.py"), ("engine", "stack", "probes", "x")),
        (("engine", "tracking", "client.py"), ("engine", "curriculum", "steps", "x")),
        (("engine", "orchestrators", "prefect", "a.py"), ("engine", "orchestrators", "dagster", "b", "x")),
        (("engine", "orchestrators", "transport.py"), ("engine", "orchestrators", "dagster", "b", "x")),
        (("engine", "curriculum", "evidence.py"), ("engine", "orchestrators", "prefect", "client", "Prefect")),
        (("components", "run", "a.py"), ("engine", "orchestrators", "prefect", "client", "Prefect")),
        (("views", "step.py"), ("engine", "orchestrators", "prefect", "tool", "PREFECT")),
    ],
)
def test_an_import_through_a_wall_is_found(place, imported):
    assert walls_broken(place, imported)


SERVICES_NAMES = "the stack's services have the same names, and each program is of one tool"
NAMES_COMPARED = {
    "app/engine/stack/": SERVICES_NAMES,
    "app/engine/commands.py": "Dagster's services are the ones with a profile in Compose",
}
"""Where a tool's name may be compared, and why."""


def tools_compared(text: str) -> list[int]:
    """List the lines on which code decides by a tool's name: by comparing, matching, or looking it up in a table."""
    return [
        node.lineno  # type: ignore[attr-defined]
        for node in ast.walk(ast.parse(text))
        for part in decided_by(node)
        for name in ast.walk(part)
        if isinstance(name, ast.Constant) and name.value in TOOL_FOLDERS
    ]


def decided_by(node: ast.AST) -> list[ast.AST]:
    """Give the parts of a node whose value decides what happens."""
    match node:
        case ast.Compare():
            return [node.left, *node.comparators]
        case ast.MatchValue():
            return [node.value]
        case ast.Dict():
            return [key for key in node.keys if key]
        case ast.Call(func=ast.Attribute(attr="get" | "startswith" | "endswith")):
            return list(node.args)
        case _:
            return []


@pytest.mark.parametrize("file", [*sorted((ROOT / "app").rglob("*.py")), *WORKSHOP], ids=name)
def test_no_code_outside_a_tools_folder_decides_by_its_name(file):
    own = [f"{folder}/{tool}/" for folder in ("app/engine/orchestrators", "workshop") for tool in TOOL_FOLDERS]
    is_own = name(file).startswith(tuple(own))
    is_explained = name(file).startswith(tuple(NAMES_COMPARED))
    assert is_own or is_explained or tools_compared(file.read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        "x = run.orchestrator == 'prefect'",
        "x = 'dagster' != name",
        "x = name in ('prefect', 'other')",
        "x = 'dagster' in service",
        "words = {'prefect': 'Flow run'}",
        "url = urls.get('dagster')",
        "match name:\n    case 'prefect': pass",
        "match run:\n    case Run(orchestrator='prefect'): pass",
        "match name:\n    case 'other' | 'dagster': pass",
    ],
)
def test_code_that_decides_by_a_tools_name_is_found(line):
    assert tools_compared(line)


@pytest.mark.parametrize(
    "line", ["runs_of('prefect')", "name = 'dagster'", "x = name == 'mlflow'", "title = 'Prefect'"]
)
def test_code_that_only_names_a_tool_is_left_alone(line):
    assert tools_compared(line) == []
