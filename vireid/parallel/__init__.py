"""Several processes as one: who does which share, and how shares come together.

The names are resolved when they are first used: what the environment says is read without torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vireid.parallel.agreement import any_of, from_first, largest, on_first
    from vireid.parallel.first import let_first
    from vireid.parallel.gather import gathered
    from vireid.parallel.lost import recognising_lost
    from vireid.parallel.neighbours import shared_neighbours
    from vireid.parallel.network import SharedForward, shared_extract
    from vireid.parallel.norm import SynchronisedNorm, synchronise_norms
    from vireid.parallel.own_share import share
    from vireid.parallel.process import own_device, process_group

_HOME = {
    "SharedForward": "network",
    "SynchronisedNorm": "norm",
    "any_of": "agreement",
    "from_first": "agreement",
    "gathered": "gather",
    "largest": "agreement",
    "let_first": "first",
    "on_first": "agreement",
    "own_device": "process",
    "process_group": "process",
    "recognising_lost": "lost",
    "share": "own_share",
    "shared_extract": "network",
    "shared_neighbours": "neighbours",
    "synchronise_norms": "norm",
}

__all__ = [
    "SharedForward",
    "SynchronisedNorm",
    "any_of",
    "from_first",
    "gathered",
    "largest",
    "let_first",
    "on_first",
    "own_device",
    "process_group",
    "recognising_lost",
    "share",
    "shared_extract",
    "shared_neighbours",
    "synchronise_norms",
]


def __getattr__(name: str) -> Any:
    """Import what needs torch only when it is used."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"vireid.parallel.{_HOME[name]}"), name)
