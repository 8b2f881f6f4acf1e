"""The services themselves: health, processes and logs."""

from app.components.reads.asking import Freshness, shared
from app.components.reads.clients import control
from app.engine.stack.control import Runtime
from app.engine.stack.facts import ServiceHealth
from app.engine.stack.health import check_services
from app.settings import get_settings


@shared(ttl=Freshness.STEADY)
def runtimes() -> dict[str, Runtime]:
    """Read what each service's processes are doing."""
    return dict(control().runtimes())


@shared(ttl=Freshness.LIVE)
def program_log(program: str, lines: int) -> list[str]:
    """Read the last lines of a program's output."""
    return control().log(program, lines)


@shared(ttl=Freshness.STEADY)
def health() -> list[ServiceHealth]:
    """Probe every service."""
    return check_services(get_settings())
