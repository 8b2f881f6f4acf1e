"""Write what documents take from the services: tables of two guides, ports and URLs of `.env.example`."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from app.engine.stack.compose.helpers import HELPERS
from app.engine.stack.service import Program, Service
from app.engine.stack.services import SERVICES
from app.settings import ROOT

README, DOCKER, EXAMPLE = ROOT / "README.md", ROOT / "workshop" / "docs" / "README_DOCKER.md", ROOT / ".env.example"
HOST = "http://127.0.0.1"
IN_MARKDOWN = re.compile(r"(<!-- services: [^>]* -->\n).*?(<!-- /services -->)", re.DOTALL)
PORTS = re.compile(r"(# --- Ports [^\n]*---\n)(?:# [^\n]*\n)*")
URLS = re.compile(r"(# --- URLs.*?\n\n)(?:# [^\n]*\n)*", re.DOTALL)
MEGABYTES = {"m": 1, "g": 1024}


def readme_table() -> str:
    """Write README's table: what each service is for, and its port."""
    rows = [
        f"| {service.title} | {service.purpose.rstrip('.')} | {service.port or '–'} | {_variable(service)} |\n"
        for service in SERVICES
    ]
    return "".join(["\n| service | what it does | port | variable |\n|---|---|---|---|\n", *rows, "\n"])


def _variable(service: Service) -> str:
    return f"`{service.id.upper()}_PORT`" if service.has_page else ""


def docker_table() -> str:
    """Write the Docker guide's table: each container, its image, its page and the limit of its memory."""
    head = "\n| service | image | what it does | page | memory, at most |\n|---|---|---|---|---|\n"
    rows = [_row(program, service) for service in SERVICES for program in service.starts]
    helpers = [_cells(each.name, each.image, each.purpose, "", each.memory) for each in HELPERS]
    return "".join([head, *rows, *helpers, "\n"])


def _row(program: Program, service: Service) -> str:
    has_page = service.has_page and program is service.starts[-1]
    page = f"{HOST}:{service.port}" if has_page else ""
    return _cells(program.container, program.image, program.purpose or service.purpose, page, program.memory)


def _cells(name: str, image: str, purpose: str, page: str, memory: str) -> str:
    return f"| `{name}` | {image} | {purpose.rstrip('.')} | {page} | {in_words(memory)} |\n"


def in_words(memory: str) -> str:
    """Write Compose's `1536m` as a person does."""
    megabytes = int(memory[:-1]) * MEGABYTES[memory[-1]]
    return f"{megabytes} MB" if megabytes < 1024 else f"{megabytes / 1024:g} GB"


def _with_port() -> list[Service]:
    return [service for service in SERVICES if service.has_page]


def ports() -> Iterator[str]:
    """Write the lines of `.env.example` about ports."""
    for service in _with_port():
        yield f"# {service.port_meaning}\n# {service.id.upper()}_PORT={service.port}\n"


def urls() -> Iterator[str]:
    """Write its lines about URLs."""
    for service in _with_port():
        values = (f"# {service.id.upper()}_{kind}_URL={HOST}:{service.port}\n" for kind in ("INTERNAL", "PUBLIC"))
        yield "".join([f"# {service.url_meaning}\n", *values])


def _put(text: str, place: re.Pattern[str], lines: Iterable[str]) -> str:
    new = "".join(lines)
    text, count = place.subn(lambda match: match[1] + new + (match[2] if place.groups > 1 else ""), text)
    if count != 1:
        raise ValueError(f"There is not one place for the services, but {count}: {place.pattern}")
    return text


def renewed() -> dict[Path, str]:
    """Give the text that each document should have."""
    example = _put(EXAMPLE.read_text(encoding="utf-8"), PORTS, ports())
    return {
        README: _put(README.read_text(encoding="utf-8"), IN_MARKDOWN, [readme_table()]),
        DOCKER: _put(DOCKER.read_text(encoding="utf-8"), IN_MARKDOWN, [docker_table()]),
        EXAMPLE: _put(example, URLS, urls()),
    }


def write() -> None:
    """Write the documents again."""
    for file, text in renewed().items():
        file.write_text(text, encoding="utf-8")
