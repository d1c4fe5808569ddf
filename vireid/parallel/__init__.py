"""Several processes as one: who does which share, and how shares come together."""

from vireid.parallel.gather import gathered
from vireid.parallel.neighbours import shared_neighbours
from vireid.parallel.norm import SynchronisedNorm, synchronise_norms
from vireid.parallel.process import share

__all__ = [
    "SynchronisedNorm",
    "gathered",
    "share",
    "shared_neighbours",
    "synchronise_norms",
]
