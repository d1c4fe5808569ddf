"""Several processes as one: who does which share, and how shares come together."""

from vireid.parallel.agreement import any_of, from_first, largest, on_first
from vireid.parallel.gather import gathered
from vireid.parallel.lost import recognising_lost
from vireid.parallel.neighbours import shared_neighbours
from vireid.parallel.network import SharedForward, shared_extract
from vireid.parallel.norm import SynchronisedNorm, synchronise_norms
from vireid.parallel.once import once
from vireid.parallel.process import process_group, share

__all__ = [
    "SharedForward",
    "SynchronisedNorm",
    "any_of",
    "from_first",
    "gathered",
    "largest",
    "on_first",
    "once",
    "process_group",
    "recognising_lost",
    "share",
    "shared_extract",
    "shared_neighbours",
    "synchronise_norms",
]
