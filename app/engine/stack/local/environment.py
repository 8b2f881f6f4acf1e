"""The environment of the local stack: where its state lies, and the variables that every service is given."""

import hashlib
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from app.engine.tracking.hosts import allowed_hosts
from app.settings import ROOT, Settings

STACK_ID_VARIABLE = "WORKSHOP_STACK_ID"
"""In the environment of each process of a stack, so that what belongs to it can be told from everything else."""
SERVICES_WITH_URL = ("panel", "mlflow", "prefect", "dagster", "unreliable_api")
STATE_FOLDERS = ("mlflow", "prefect", "dagster", "stack")
"""Below the data folder: what the services store. Data sets and learners' code lie elsewhere."""

QUIET = {
    "DO_NOT_TRACK": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_CLI_COLORS": "false",
    "PYTHONUNBUFFERED": "1",
}
LIGHT_AND_QUICK = {
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_WORKER_HEARTBEAT_SECONDS": "3",
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "10",
    "MALLOC_ARENA_MAX": "2",
}


def stack_folder(settings: Settings) -> Path:
    """Where the supervisor keeps its state and every service's log."""
    return settings.data_dir.resolve() / "stack"


def stack_id(settings: Settings) -> str:
    """Name this stack: two checkouts, or two data folders, are two stacks."""
    return hashlib.sha256(str(settings.data_dir.resolve()).encode()).hexdigest()[:12]


def socket_folder(settings: Settings) -> Path:
    """Where the stack's sockets lie: a short path, because a socket's may have no more than some 100 characters."""
    return Path(f"/tmp/mlops-workshop-{os.getuid()}-{stack_id(settings)}")  # noqa: S108


def settings_environment(settings: Settings) -> dict[str, str]:
    """Write the settings as variables with nothing left to defaults, so that no `.env` says otherwise."""
    variables = {name.upper(): str(value) for name, value in settings.model_dump().items()}
    for service in SERVICES_WITH_URL:
        variables[f"{service.upper()}_INTERNAL_URL"] = settings.internal_url(service)
        variables[f"{service.upper()}_PUBLIC_URL"] = settings.public_url(service)
    return variables | {
        "DATA_DIR": str(settings.data_dir.resolve()),
        "WORKSPACE": str(settings.workspace.resolve()),
    }


def _prefect_origins(settings: Settings) -> str:
    """Which pages may call Prefect's API from a browser: its own, under either name of this machine.

    Prefect lets every page do so by default; any site that a learner visits could then start runs with commands of its
    own in them.
    """
    public = urlsplit(settings.public_url("prefect"))
    origins = [f"{public.scheme}://{public.netloc}", *([f"http://localhost:{public.port}"] if public.port else [])]
    return ",".join(dict.fromkeys(origins))


def workshop_environment(settings: Settings) -> dict[str, str]:
    """What workshop code and the tools' own clients read."""
    return {
        "WORKSHOP_DATA_DIR": str(settings.data_dir.resolve()),
        "MLFLOW_TRACKING_URI": settings.internal_url("mlflow"),
        "PREFECT_API_URL": settings.prefect_api_url,
        "PREFECT_HOME": str(settings.data_dir.resolve() / "prefect"),
        "UNRELIABLE_API_URL": settings.internal_url("unreliable_api"),
    }


def stack_environment(settings: Settings) -> dict[str, str]:
    """Everything that the supervisor and its programs are given on top of this process's own environment."""
    data, folder = settings.data_dir.resolve(), stack_folder(settings)
    return {
        **settings_environment(settings),
        **workshop_environment(settings),
        **QUIET,
        **LIGHT_AND_QUICK,
        "MLFLOW_BACKEND_STORE_URI": f"sqlite:///{data / 'mlflow' / 'mlflow.db'}",
        "MLFLOW_ARTIFACTS_DESTINATION": str(data / "mlflow" / "artifacts"),
        "MLFLOW_SERVER_ALLOWED_HOSTS": allowed_hosts(settings.internal_url("mlflow"), settings.public_url("mlflow")),
        "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS": settings.public_url("mlflow"),
        "PREFECT_SERVER_UI_API_URL": f"{settings.public_url('prefect')}/api",
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": _prefect_origins(settings),
        "PREFECT_LOCAL_STORAGE_PATH": str(data / "prefect" / "storage"),
        "DAGSTER_HOME": str(data / "dagster"),
        "DAGSTER_CODE_SOCKET": str(socket_folder(settings) / "dagster.sock"),
        "PANEL_PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
        "NO_PROXY": _without_proxy(settings),
        "no_proxy": _without_proxy(settings),
        "STACK_ROOT": str(ROOT),
        "STACK_PYTHON": sys.executable,
        "STACK_FOLDER": str(folder),
        "STACK_SOCKETS": str(socket_folder(settings)),
        STACK_ID_VARIABLE: stack_id(settings),
    }


def _without_proxy(settings: Settings) -> str:
    """Hosts that a company's proxy must not be asked for: the stack's own."""
    hosts = {urlsplit(settings.internal_url(service)).hostname or "" for service in SERVICES_WITH_URL}
    return ",".join(filter(None, [os.environ.get("NO_PROXY", ""), "localhost", "127.0.0.1", *sorted(hosts)]))
