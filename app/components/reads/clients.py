"""The clients of the services, made once per process for all viewers."""

import streamlit as st

from app.engine.orchestrators.cancelling import Cancelling
from app.engine.orchestrators.contract import Orchestrator
from app.engine.orchestrators.dagster.client import Dagster
from app.engine.orchestrators.prefect.client import Prefect
from app.engine.orchestrators.prefect.schedules import ScheduleControl
from app.engine.stack.control import ServiceControl, service_control
from app.engine.tracking.client import MlflowStore
from app.engine.unreliable_api import FaultDial
from app.settings import get_settings
from workshop.facts import OrchestratorName


@st.cache_resource(show_spinner=False)
def prefect() -> Prefect:
    """Make the client of Prefect, once per process."""
    settings = get_settings()
    return Prefect(settings.internal_url("prefect"), settings.public_url("prefect"), settings.work_pool)


@st.cache_resource(show_spinner=False)
def dagster() -> Dagster:
    """Make the client of Dagster, once per process."""
    settings = get_settings()
    return Dagster(settings.internal_url("dagster"), settings.public_url("dagster"))


@st.cache_resource(show_spinner=False)
def mlflow_store() -> MlflowStore:
    """Make the client of MLflow, once per process."""
    settings = get_settings()
    return MlflowStore(settings.internal_url("mlflow"), settings.public_url("mlflow"))


@st.cache_resource(show_spinner=False)
def fault_dial() -> FaultDial:
    """Make the client of the unreliable API, once per process."""
    settings = get_settings()
    return FaultDial(settings.internal_url("unreliable_api"), settings.public_url("unreliable_api"))


@st.cache_resource(show_spinner=False)
def schedule_control() -> ScheduleControl:
    """Make what pauses and changes Prefect's schedules, once per process."""
    settings = get_settings()
    return ScheduleControl(settings.internal_url("prefect"), settings.public_url("prefect"), settings.work_pool)


@st.cache_resource(show_spinner=False)
def cancelling() -> Cancelling:
    """Make what cancels runs, once per process."""
    return Cancelling()


@st.cache_resource(show_spinner=False)
def control() -> ServiceControl:
    """Make the client of whoever supervises the stack, once per process."""
    return service_control(get_settings())


def orchestrator(name: OrchestratorName) -> Orchestrator:
    """Give the client of an orchestrator."""
    found: Orchestrator = prefect() if name == "prefect" else dagster()
    return found
