"""MLflow's tracking server and model registry."""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from app.engine.stack.probes import Call, Unwell, checked
from app.engine.stack.service import Place, Program, Service
from app.engine.tracking.hosts import allowed_hosts


def probe_mlflow(call: Call) -> str:
    """Search the experiments, which asks its database, too."""
    url = f"{call.settings.internal_url('mlflow')}/api/2.0/mlflow/experiments/search"
    response = call.http.post(url, json={"max_results": 1})
    if response.status_code == HTTPStatus.FORBIDDEN:
        raise Unwell("it refuses the host name by which it is asked", "Correct MLFLOW_INTERNAL_URL.")
    checked(response)
    return "Answers."


def stores(variables: Mapping[str, str]) -> list[Path]:
    """Name its SQLite file.

    It has none when it uses another database.
    """
    uri = variables.get("MLFLOW_BACKEND_STORE_URI", "")
    return [Path(uri.removeprefix("sqlite:///"))] if uri.startswith("sqlite:///") else []


def local_variables(place: Place) -> dict[str, str]:
    """Say where it stores, under which names it answers, and where its clients find it."""
    internal, public = place.settings.internal_url("mlflow"), place.settings.public_url("mlflow")
    return {
        "MLFLOW_TRACKING_URI": internal,
        "MLFLOW_BACKEND_STORE_URI": f"sqlite:///{place.data / 'mlflow' / 'mlflow.db'}",
        "MLFLOW_ARTIFACTS_DESTINATION": str(place.data / "mlflow" / "artifacts"),
        "MLFLOW_SERVER_ALLOWED_HOSTS": allowed_hosts(internal, public),
        "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS": public,
    }


SERVICE = Service(
    order=10,
    id="mlflow",
    title="MLflow",
    purpose="Records runs, metrics and artifacts, and keeps the model registry.",
    probe=probe_mlflow,
    port=5000,
    port_meaning="Port of the MLflow server. On macOS the AirPlay Receiver may hold 5000.",
    url_meaning="URL at which the panel and the workers reach MLflow, and at which a browser opens it.",
    exposure="they can read, change and delete every run and model",
    starts=(
        Program(
            "mlflow",
            container="mlflow",
            image="mlflow",
            memory="1g",
            arguments=(
                *("-m", "app.engine.stack.programs.mlflow_server"),
                *("--host", "{BIND_ADDRESS}", "--port", "{MLFLOW_PORT}", "--workers", "1", "--serve-artifacts"),
            ),
            store="/var/lib/mlflow",
            stops_last=True,
        ),
    ),
    carries=("prefect", "dagster"),
    state_folder="mlflow",
    stores=stores,
    variables={
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    },
    local_variables=local_variables,
)
