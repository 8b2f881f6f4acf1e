"""Start HAProxy with the names of the containers that it lets through.

`python -m app.engine.stack.compose.proxy`

Only the standard library is imported: the proxy's image has nothing else.
"""

import os

from app.engine.stack.compose.helpers import HELPERS
from app.engine.stack.services import SERVICES

COMMAND = ("haproxy", "-W", "-db", "-f", "/etc/haproxy/haproxy.cfg")
VARIABLE = "STACK_CONTAINERS"


def container_names() -> list[str]:
    """Name every container of the stack, as docker-compose.yml does."""
    of_services = [name for service in SERVICES for name in service.containers]
    return sorted([*of_services, *(helper.name for helper in HELPERS)])


if __name__ == "__main__":
    os.execvpe(COMMAND[0], COMMAND, os.environ | {VARIABLE: "|".join(container_names())})  # noqa: S606
