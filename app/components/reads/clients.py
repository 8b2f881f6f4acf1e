"""The clients of the services, made once per process for all viewers."""

import streamlit as st

from app.engine.orchestrators.cancelling import Cancelling
from app.engine.orchestrators.contract import Orchestrator, Scheduler
from app.engine.orchestrators.registry import TOOLS, tool_named
from app.engine.stack.control import ServiceControl, service_control
from app.engine.tracking.client import MlflowStore
from app.engine.unreliable_api import FaultDial
from app.settings import get_settings
from workshop.facts import OrchestratorName


@st.cache_resource(show_spinner=False)
def orchestrator(name: OrchestratorName) -> Orchestrator:
    """Make the client of a tool, once per process."""
    return tool_named(name).connect(get_settings())


def orchestrators() -> dict[OrchestratorName, Orchestrator]:
    """Give the client of every tool, by its name."""
    return {name: orchestrator(name) for name in TOOLS}


def schedulers() -> dict[OrchestratorName, Scheduler]:
    """Give what looks after schedules, of the tools whose schedules the panel can change."""
    clients = ((name, client.scheduler) for name, client in orchestrators().items())
    return {name: scheduler for name, scheduler in clients if scheduler}


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
def cancelling() -> Cancelling:
    """Make what cancels runs, once per process."""
    return Cancelling()


@st.cache_resource(show_spinner=False)
def control() -> ServiceControl:
    """Make the client of whoever supervises the stack, once per process."""
    return service_control(get_settings())
