"""Prefect's server."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from app.engine.stack.probes import Call, checked
from app.engine.stack.service import Place, Program, Service


def probe_prefect(call: Call) -> str:
    """Ask whether the server and its database are ready."""
    checked(call.http.get(f"{call.settings.prefect_api_url}/ready"))
    return "Answers."


def stores(variables: Mapping[str, str]) -> list[Path]:
    """Name its SQLite file.

    It has none when it uses another database.
    """
    if "PREFECT_HOME" not in variables or variables.get("PREFECT_API_DATABASE_CONNECTION_URL"):
        return []
    return [Path(variables["PREFECT_HOME"]) / "prefect.db"]


def local_variables(place: Place) -> dict[str, str]:
    """Say where it stores, who may ask it, and where its clients find it."""
    return {
        "PREFECT_API_URL": place.settings.prefect_api_url,
        "PREFECT_HOME": str(place.data / "prefect"),
        "PREFECT_LOCAL_STORAGE_PATH": str(place.data / "prefect" / "storage"),
        "PREFECT_SERVER_UI_API_URL": f"{place.settings.public_url('prefect')}/api",
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": _origins(place.settings.public_url("prefect")),
    }


def _origins(url: str) -> str:
    """Name the pages that may call Prefect's API from a browser: its own, under either name of this machine.

    Prefect lets every page do so by default. Any site that a learner visits could then start runs with commands of its
    own in them.
    """
    public = urlsplit(url)
    origins = [f"{public.scheme}://{public.netloc}", *([f"http://localhost:{public.port}"] if public.port else [])]
    return ",".join(dict.fromkeys(origins))


SERVICE = Service(
    order=20,
    id="prefect",
    title="Prefect",
    purpose="Knows the flows' deployments, schedules and runs.",
    probe=probe_prefect,
    port=4200,
    port_meaning="Port of the Prefect server.",
    url_meaning="URL at which the panel and the workers reach Prefect, and at which a browser opens it.",
    exposure="they can run any command on this machine, in your name",
    starts=(
        Program(
            "prefect",
            container="prefect-server",
            image="prefect",
            memory="512m",
            arguments=(
                *("-m", "app.engine.stack.programs.prefect_server"),
                *("--host", "{BIND_ADDRESS}", "--port", "{PREFECT_PORT}"),
            ),
            store="/var/lib/prefect",
            stops_last=True,
        ),
    ),
    carries=("prefect",),
    state_folder="prefect",
    stores=stores,
    variables={
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "10",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_CLI_COLORS": "false",
    },
    local_variables=local_variables,
    prepare="app.engine.orchestrators.prefect.work_pool:register_pool",
    register="app.engine.stack.programs.deployments",
)
