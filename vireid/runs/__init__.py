"""A run folder, and the networks in it."""

from vireid.runs.folder import BEFORE, CLEAREST, Origin, Run
from vireid.runs.networks import (
    Weights,
    find_stage,
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
