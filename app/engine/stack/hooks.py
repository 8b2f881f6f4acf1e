"""Functions that a service names and does not import, because its file may import the standard library only."""

from collections.abc import Callable
from importlib import import_module
from typing import Any


def hook(name: str) -> Callable[..., Any]:
    """Import what `package.module:function` names."""
    module, _, function = name.partition(":")
    imported: Callable[..., Any] = getattr(import_module(module), function)
    return imported
