"""Damages images, manifests and lists, and compares what vireid reads with what others read.

    python benchmarks/fuzz.py                           # 5,000 images, 2,000 manifests and lists
    python benchmarks/fuzz.py --only listings --first 1182 --count 1
    python benchmarks/fuzz.py --plant channels                 # is a planted fault found?

Each file is read as Pillow (or the csv module, or pyarrow) reads the same bytes, or refused in one
line, or it is a fault. A process that takes too long or too much memory is ended, which is one too.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fuzzing.readers import PLANTS

FOLDER = Path(__file__).resolve().parent
PART = 250
"""Files that a process reads, unless it is ended before."""
COUNTS = {"images": 5000, "listings": 2000}
SMALL = {"OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system"}
"""Lets libraries reserve little memory in advance, so that a bound means something."""


@dataclass(frozen=True)
class Read:
    """What became of one file."""

    number: int
    name: str
    kind: str
    what: str
    readable: bool
    seconds: float
    megabytes: float


def read_part(kind: str, first: int, count: int, plant: str | None) -> Iterator[Read]:
    """Read some files in processes of their own.

    Args:
        kind: images or listings.
        first: the first number.
        count: how many.
        plant: a fault to plant.

    Yields:
        What became of each; where a process was ended, the next one goes on behind that file.
    """
    paths = os.pathsep.join([str(FOLDER), os.environ.get("PYTHONPATH", str(FOLDER.parent))])
    number, end = first, first + count
    while number < end:
        words = [sys.executable, "-m", "fuzzing.worker", kind, str(number), str(end - number)]
        done = subprocess.run(
            [*words, plant or ""],
            env=os.environ | {"PYTHONPATH": paths} | SMALL,
            capture_output=True,
            text=True,
            check=False,
        )
        if not done.stdout and "Error" in done.stderr:
            sys.exit(done.stderr)  # it has not begun
        for line in done.stdout.splitlines():
            yield Read(number, *json.loads(line))
            number += 1
        if number < end:
            why = f"process ended with {done.returncode}: {done.stderr[-300:]!r}"
            yield Read(number, kind, "fault", why, False, 0.0, 0.0)
            number += 1


def campaign(kind: str, first: int, count: int, plant: str | None) -> list[Read]:
    """Read all files, two parts at a time.

    Args:
        kind: images or listings.
        first: the first number.
        count: how many.
        plant: a fault to plant.

    Returns:
        What became of each.
    """

    def part(begin: int) -> list[Read]:
        return list(read_part(kind, begin, min(PART, first + count - begin), plant))

    with ThreadPoolExecutor(2) as pool:
        return [one for some in pool.map(part, range(first, first + count, PART)) for one in some]


def table(found: list[Read]) -> list[str]:
    """Count outcomes by format.

    Args:
        found: what became of all files.

    Returns:
        The lines of a table.
    """
    lines = [
        "| files | damaged | equal | refused | refused, read elsewhere | fault | slowest, s CPU |",
        "|---|---|---|---|---|---|---|",
    ]
    names = sorted({one.name.split()[0] for one in found})
    for name in [*names, "all"]:
        of = [one for one in found if name in ("all", one.name.split()[0])]
        kinds = Counter(one.kind for one in of)
        cells = [len(of), kinds["equal"], kinds["refused"]]
        cells += [sum(one.readable for one in of), kinds["fault"]]
        slowest = max(one.seconds for one in of)
        lines.append(f"| {name} | {' | '.join(f'{n:,}' for n in cells)} | {slowest:.2f} |")
    return lines


def main() -> int:
    """Run the campaign.

    Returns:
        1 where a fault was found.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=COUNTS, help="one kind; both where not given")
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--count", type=int, help="how many files; 5,000 images, 2,000 listings")
    parser.add_argument("--plant", choices=PLANTS, help="a fault that has to be found")
    parser.add_argument("--refused", action="store_true", help="also show what others read")
    options = parser.parse_args()
    faults = 0
    for kind in [options.only] if options.only else COUNTS:
        found = campaign(kind, options.first, options.count or COUNTS[kind], options.plant)
        for one in found:
            if one.kind == "fault" or (options.refused and one.readable):
                print(f"{kind} {one.number}, {one.name}, {one.kind}: {one.what}")
        faults += sum(one.kind == "fault" for one in found)
        print("\n".join(table(found)))
        print(f"memory of a process: at most {max(one.megabytes for one in found):.0f} MB\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
