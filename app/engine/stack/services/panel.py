"""The panel: the workshop's pages."""

from pathlib import Path

from app.engine.stack.probes import Call
from app.engine.stack.service import Program, Service

PAGE_DRAWN = Path("/tmp/page-drawn")  # noqa: S108
"""In memory, so it goes with the container's processes."""


def probe_panel(call: Call) -> str:
    """Ask Streamlit whether it serves."""
    response = call.http.get(f"{call.settings.internal_url('panel')}/_stcore/health")
    response.raise_for_status()
    return "Answers."


def probe_page(call: Call) -> str:
    """See once that the panel's script really draws a page. After that Streamlit's own answer will do."""
    if not PAGE_DRAWN.exists():
        url = f"{call.settings.internal_url('panel')}/_stcore/script-health-check"
        call.http.get(url).raise_for_status()
        PAGE_DRAWN.touch()
    return probe_panel(call)


SERVICE = Service(
    order=70,
    id="panel",
    title="Panel",
    purpose="These pages.",
    probe=probe_panel,
    port=8501,
    port_meaning="Port of the panel.",
    url_meaning="URL at which the stack reaches the panel, for its health check, and at which a browser opens it.",
    exposure="they can start, cancel and restart",
    starts=(
        Program(
            "panel",
            container="panel",
            image="panel",
            memory="768m",
            purpose="Shows the pages of the workshop.",
            arguments=(
                *("-m", "streamlit", "run", "app/server.py"),
                *("--server.address", "{BIND_ADDRESS}", "--server.port", "{PANEL_PORT}"),
            ),
            local_arguments=("--server.headless", "true"),
            compose_arguments=("--browser.serverAddress", "127.0.0.1"),
            waits_for=("deployments", "mlflow"),
            probe=probe_page,
            environment={"PYTHONPATH": "{PANEL_PYTHONPATH}"},
            start_seconds=5,
        ),
    ),
    variables={"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false"},
)
