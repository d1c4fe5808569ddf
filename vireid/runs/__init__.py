"""A run folder, and the networks in it."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vireid.runs.folder import BEFORE, CLEAREST, Origin, Run

if TYPE_CHECKING:
    from vireid.runs.last_stage import find_stage
    from vireid.runs.networks import (
        Weights,
        keep_clearest,
        load_network,
        new_network,
        open_weights,
        save_network,
    )

__all__ = [
    "BEFORE",
    "CLEAREST",
    "Origin",
    "Run",
    "Weights",
    "find_stage",
    "keep_clearest",
    "load_network",
    "new_network",
    "open_weights",
    "save_network",
]


def __getattr__(name: str) -> Any:
    """Import what needs torch only when it is used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("vireid.runs.networks"), name)
