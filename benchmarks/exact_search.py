"""The exact search: seconds with each product used for both rows, beside the machine's limit.

    python benchmarks/exact_search.py            # some minutes on two cores
    python benchmarks/exact_search.py --quick    # 5,000 rows

All ways are gone through in turn, in one process. CPU seconds are of all threads; where the machine
is busy they say more than the clock. The limit is what one product of tiles of the search reaches.
"""

from collections.abc import Callable, Iterator
from time import perf_counter, process_time

import numpy as np
from labels import scene
from pages import GOES, options, publish, table

from vireid.cluster import Search, both_sides, many, modal_neighbours
from vireid.cluster.low_precision import has_bf16, multiply_short, shortened
from vireid.cluster.threads import thread_count

COUNT, SIZE, FEW = 34_167, 2048, 5_000
PROCESSES = (1, 2, 4)


def plain(rows: np.ndarray, kind: np.ndarray, how: Search) -> object:
    """Search a block of rows at a time, among all rows."""
    least, many.LEAST = many.LEAST, len(rows) + 1
    try:
        return modal_neighbours(rows, kind, k=40, own_k=30, search=how)
    finally:
        many.LEAST = least


def shared(low: bool) -> Callable[[np.ndarray, np.ndarray, Search], object]:
    """Return the search that uses each product twice, in float32 or bf16."""

    def search(rows: np.ndarray, kind: np.ndarray, how: Search) -> object:
        both_sides.has_bf16 = lambda: low
        return modal_neighbours(rows, kind, k=40, own_k=30, search=how)

    return search


def speed(multiply: Callable[[], object], rows: int) -> float:
    """Return how many 10^9 operations a product of tiles does in a CPU second, the best of some."""
    multiply()
    seconds = []
    for _ in range(2 * GOES):
        start = process_time()
        multiply()
        seconds.append(process_time() - start)
    return 2 * rows * rows * SIZE / min(seconds) / 1e9


def limits(rows: np.ndarray) -> dict[str, float]:
    """Measure the limits of both precisions."""
    left, right = rows[:2048], rows[-2048:]
    out = np.empty((len(left), len(right)), np.float32)
    found = {"float32": speed(lambda: np.matmul(left, right.T, out=out), len(left))}
    if has_bf16():
        short = [shortened(side, np.arange(len(side)))[0] for side in (left, right)]
        found["bf16"] = speed(lambda: multiply_short(*short, out), len(left))
    return found


def same(one: object, other: object) -> bool:
    """Compare two results of ``modal_neighbours``."""
    pairs = [(one[0], other[0]), *((one[1][kind], other[1][kind]) for kind in one[1])]
    return all(np.array_equal(a, b) for pair in pairs for a, b in zip(*pair, strict=True))


def page(count: int) -> Iterator[str]:
    """Measure and yield the lines of the page."""
    rows, kind = scene(count, SIZE)
    scene_small = scene(500, 8)
    ways = {"a block at a time, float32": plain, "both sides, float32": shared(False)}
    if has_bf16():
        ways["both sides, bf16"] = shared(True)
    for way in ways.values():
        least, many.LEAST = many.LEAST, 1
        way(*scene_small, Search())
        many.LEAST = least
    reached = limits(rows)
    clock, seconds, found = {}, {}, {}
    for name, way in ways.items():
        clock[name], seconds[name] = perf_counter(), process_time()
        found[name] = way(rows, kind, Search())
        clock[name], seconds[name] = (
            perf_counter() - clock[name],
            process_time() - seconds[name],
        )
    first = next(iter(ways))
    yield "`python benchmarks/exact_search.py`: 40 neighbours among all rows and 30 of the own"
    yield f"modality, N {count:,}, D {SIZE}; rows as in labels.py; {thread_count()} threads. A"
    yield "product of two tiles of 2,048 rows does in a CPU second "
    yield ", ".join(f"{value:,.0f} GFLOP in {name}" for name, value in reached.items()) + "."
    yield ""
    table_rows = []
    for name in ways:
        halved = 1 if name == first else 2
        speeds = reached["bf16" if "bf16" in name else "float32"]
        limit = 2 * count * count * SIZE / halved / speeds / 1e9
        table_rows.append(
            [
                name,
                f"{clock[name]:.1f}",
                f"{seconds[name]:.1f}",
                f"{seconds[first] / seconds[name]:.2f}",
                f"{limit:.1f}",
                "yes" if same(found[name], found[first]) else "NO",
            ]
        )
    header = ["search", "s", "CPU s", "ratio (CPU)", "products alone, CPU s", "same lists"]
    yield from table(header, table_rows)
    yield ""
    yield "Several processes ask for a share of the rows each, and use a product twice within their"
    yield "share alone. What all of them multiply together, as a share of N^2:"
    yield ""
    shares = [f"{1 - 1 / (2 * n):.3f}" for n in PROCESSES]
    yield from table([f"{n} process{'es' * (n > 1)}" for n in PROCESSES], [shares], words=0)


def main() -> None:
    """Measure, print and write the page."""
    arguments = options(__doc__, f"{FEW:,} rows").parse_args()
    publish("exact-search", page(FEW if arguments.quick else COUNT), quick=arguments.quick)


if __name__ == "__main__":
    main()
