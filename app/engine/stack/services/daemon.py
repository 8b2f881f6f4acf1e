"""Dagster's daemon."""

from datetime import UTC, datetime

from app.engine.stack.probes import Call, NotYet, Unwell, age, gist
from app.engine.stack.service import Program, Service
from app.engine.stack.services.dagster import ask_graphql, stores

SILENCE_SECONDS = 75
"""Two and a half heartbeats of Dagster's daemon, whose interval of 30 seconds cannot be changed."""
DAEMONS = """{ instance { daemonHealth { allDaemonStatuses {
  daemonType required healthy lastHeartbeatTime lastHeartbeatErrors { message } } } } }"""


def probe_daemon(call: Call) -> str:
    """Look at the age of each required daemon's last heartbeat."""
    statuses = ask_graphql(call, DAEMONS)["instance"]["daemonHealth"]["allDaemonStatuses"]
    for status in (status for status in statuses if status["required"]):
        name = status["daemonType"].lower().replace("_", " ")
        if status["lastHeartbeatTime"] is None:
            raise NotYet("the {name} daemon has not started yet", name=name)
        silence = age(datetime.fromtimestamp(status["lastHeartbeatTime"], UTC))
        if silence > min(SILENCE_SECONDS, call.uptime):
            raise NotYet("the {name} daemon has given no sign for {silence:.0f} s", name=name, silence=silence)
        if status["lastHeartbeatErrors"]:
            raise Unwell(
                "the {name} daemon reports: {message}",
                name=name,
                message=gist(status["lastHeartbeatErrors"][0]["message"]),
            )
    return "Runs schedules and sensors."


SERVICE = Service(
    order=50,
    id="daemon",
    title="Dagster daemon",
    purpose="Runs Dagster's schedules and sensors.",
    probe=probe_daemon,
    starts=(
        Program(
            "dagster-daemon",
            container="dagster-daemon",
            image="dagster",
            memory="512m",
            arguments=("-m", "app.engine.stack.programs.dagster_daemon", "run"),
            local_arguments=("--workspace", "{STACK_ROOT}/compose/local/workspace.yaml"),
            compose_arguments=("--workspace", "compose/workspace.yaml"),
            store="/var/lib/dagster",
            profile="dagster",
            waits_for=("dagster-code",),
        ),
    ),
    asked_through="dagster",
    state_folder="dagster",
    stores=stores,
)
