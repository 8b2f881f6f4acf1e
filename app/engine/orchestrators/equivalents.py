"""The request that a button sends, as curl, and how a tool writes what does the same elsewhere."""

import json
import shlex
from pprint import pformat
from typing import Any

from app.engine.orchestrators.contract import ApiRequest


def as_curl(request: ApiRequest) -> str:
    """Write the request itself, with the public URL."""
    body = json.dumps(request.body, indent=2, ensure_ascii=False)
    return "\n".join(
        [
            f"curl -X {request.method} {shlex.quote(request.public_url)} \\",
            "  -H 'Content-Type: application/json' \\",
            f"  -d {shlex.quote(body)}",
        ]
    )


def call(function: str, arguments: list[str]) -> str:
    """Write a call in Python, one argument a line."""
    return "\n".join([f"{function}(", *(f"    {argument}," for argument in arguments), ")"])


def literal(value: Any) -> str:
    """Write a value in Python, as one argument of `call`."""
    return pformat(value, width=100, sort_dicts=False).replace("\n", "\n    ")
