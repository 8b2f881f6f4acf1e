"""The services of the stack: each file of this folder describes one, as its `SERVICE`."""

from importlib import import_module
from pkgutil import iter_modules

from app.engine.stack.service import Service


def discover() -> tuple[Service, ...]:
    """Read every file of this folder, and give the services in their declared order."""
    modules = [import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__)]
    services: list[Service] = [module.SERVICE for module in modules]
    return tuple(sorted(services, key=lambda service: (service.order, service.id)))


SERVICES = discover()
