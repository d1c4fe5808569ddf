"""One process of the campaign: damaged files one after the other, each within bounds."""

import json
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from fuzzing.images import damaged_image, try_image
from fuzzing.listings import try_listing
from fuzzing.outcome import Outcome
from fuzzing.readers import planted_image, planted_listing
from fuzzing.tables import damaged_listing, make_files

MEMORY = 1 << 30
"""Bytes that a file may take beside what the process holds before the first one."""
SECONDS = 5
"""Of computing that a file may take; then the process is ended."""

Try = Callable[[int], tuple[str, Outcome]]


def trial(kind: str, folder: Path, plant: str | None) -> Try:
    """Return what tries one damaged file.

    Args:
        kind: images or listings.
        folder: an empty one.
        plant: a fault to plant.

    Returns:
        A function from a number to the name of the kind of file, and what became of it.
    """
    if kind == "images":
        decode = planted_image(plant)

        def one_image(number: int) -> tuple[str, Outcome]:
            name, data = damaged_image(number)
            return name, try_image(decode, data, folder / "image")

        return one_image
    make_files(folder)
    read = planted_listing(plant)

    def one_listing(number: int) -> tuple[str, Outcome]:
        listing = damaged_listing(number)
        return listing.kind, try_listing(read, listing, folder)

    return one_listing


def work(kind: str, first: int, count: int, plant: str | None) -> Iterator[str]:
    """Try files, and yield a line of JSON for each.

    Args:
        kind: images or listings.
        first: the first number.
        count: how many.
        plant: a fault to plant.

    Yields:
        The name, the outcome, and the seconds and bytes that it took.
    """
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        one = trial(kind, Path(folder), plant)
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY,) * 2)
        for number in range(first, first + count):
            before = time.process_time()
            resource.setrlimit(resource.RLIMIT_CPU, (int(before) + 1 + SECONDS, -1))
            name, outcome = one(number)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            taken = time.process_time() - before
            said = [name, outcome.kind, outcome.what, outcome.readable, taken, peak / 1024]
            yield json.dumps(said)


if __name__ == "__main__":
    for line in work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] or None):
        print(line, flush=True)
