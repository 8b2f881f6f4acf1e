"""The exchange-rate service of the Prefect workshop, which fails on purpose."""

from app.engine.stack.probes import Call, Unwell, checked
from app.engine.stack.service import Place, Program, Service


def probe_unreliable_api(call: Call) -> str:
    """Ask the service that fails on purpose for the one answer that never does."""
    url = call.settings.internal_url("unreliable_api")
    if checked(call.http.get(f"{url}/health")) != {"service": "unreliable-api", "status": "ok"}:
        raise Unwell("something else answers in its place")
    return "Answers."


def local_variables(place: Place) -> dict[str, str]:
    """Say where the flows find it."""
    return {"UNRELIABLE_API_URL": place.settings.internal_url("unreliable_api")}


SERVICE = Service(
    order=60,
    id="unreliable_api",
    title="Unreliable API",
    purpose="Tells exchange rates to part 2 of the Prefect workshop, and fails on purpose.",
    probe=probe_unreliable_api,
    port=8502,
    port_meaning="Port of the exchange-rate service that fails on purpose (part 2 of the Prefect workshop).",
    url_meaning="URL at which the flows reach the unreliable API, and at which a browser opens it.",
    starts=(
        Program(
            "unreliable-api",
            container="unreliable-api",
            image="prefect",
            memory="128m",
            arguments=(
                *("-m", "app.engine.stack.programs.unreliable_api", "--host", "{BIND_ADDRESS}"),
                *("--port", "{UNRELIABLE_API_PORT}", "--timeout-graceful-shutdown", "1"),
            ),
            start_seconds=3,
        ),
    ),
    carries=("prefect",),
    local_variables=local_variables,
)
