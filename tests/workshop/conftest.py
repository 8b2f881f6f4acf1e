"""What the tests of the content need: the data sets, MLflow's client, and a Prefect server of their own."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import uvicorn

from app.engine.tracking.client import CLIENT_ENVIRONMENT
from data.generate_sample_data import write_customers as write_sample
from data.prepare_cdnow import write_customers as write_cdnow
from workshop.churn.data import load_customers

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 300


@pytest.fixture(scope="session")
def generated(tmp_path_factory) -> Path:
    """A folder with both data sets; read only."""
    folder = tmp_path_factory.mktemp("data")
    write_sample(folder)
    write_cdnow(folder)
    return folder


@pytest.fixture(autouse=True)
def data_folder(generated, tmp_path_factory, monkeypatch) -> Path:
    """The data sets, where the workshop's code looks for them; a test may write beside them."""
    folder = tmp_path_factory.mktemp("data")
    for file in generated.iterdir():
        (folder / file.name).symlink_to(file)
    monkeypatch.setenv("WORKSHOP_DATA_DIR", str(folder))
    return folder


@pytest.fixture(params=["sample", "cdnow"])
def customers(request) -> pd.DataFrame:
    """Each data set in turn."""
    return load_customers(request.param)


@pytest.fixture
def mlflow_client(mlflow_server, monkeypatch):
    """MLflow's client, with the workshop's code tracking to the same server."""
    import mlflow

    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_server)
    for name in CLIENT_ENVIRONMENT:  # the panel's short patience, which its client has set for this process
        if name.startswith("MLFLOW_HTTP_REQUEST"):
            monkeypatch.delenv(name, raising=False)
    mlflow.set_tracking_uri(mlflow_server)
    yield mlflow.MlflowClient()
    mlflow.set_tracking_uri(None)


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory) -> Iterator[str]:
    """The URL of a Prefect API of these tests' own; results are stored in a folder of their own, too."""
    from prefect.settings import PREFECT_API_URL, PREFECT_HOME, PREFECT_LOCAL_STORAGE_PATH, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    home = tmp_path_factory.mktemp("prefect")
    with (
        temporary_settings({PREFECT_HOME: home, PREFECT_LOCAL_STORAGE_PATH: home / "storage"}),
        prefect_test_harness(server_startup_timeout=DEADLINE),
    ):
        yield PREFECT_API_URL.value()


@pytest.fixture(scope="session")
def service() -> Iterator[str]:
    """The URL of the unreliable API, served from a thread of these tests."""
    server = uvicorn.Server(uvicorn.Config("workshop.unreliable_api.service:app", port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + DEADLINE
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(DEADLINE)


@pytest.fixture
def unreliable_api(service, monkeypatch) -> str:
    """The unreliable API, where the flows look for it."""
    monkeypatch.setenv("UNRELIABLE_API_URL", service)
    return service


@pytest.fixture(scope="session")
def work_pool(prefect_api) -> str:  # noqa: ARG001
    """The name of a work pool on the tests' Prefect API."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate

    with get_client(sync_client=True) as client:
        return client.create_work_pool(WorkPoolCreate(name="tests", type="process")).name
