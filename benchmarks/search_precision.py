"""Neighbours by a device that multiplies in low precision, against those of the exact search.

    PYTHONPATH=. python benchmarks/search_precision.py            # about 12 minutes on one core
    PYTHONPATH=. python benchmarks/search_precision.py --quick    # a few thousand rows

The device is made of this CPU: every product of float32 matrices rounds its factors first, to TF32
or bf16, as a GPU may. The rows are those of benchmarks/labels.py, at the size of SYSU-MM01; those
of the second scene are nearly alike, as in a training that collapses. Seconds are of this CPU and
say nothing of a GPU.
"""

from collections.abc import Iterator
from functools import partial
from time import perf_counter

import numpy as np
from labels import scene
from pages import options, table

from tests.low_precision import LowPrecision, Precision
from vireid.cluster import Neighbours, Search, modal_neighbours, normalise_rows
from vireid.cluster.margin import cpu_margin, device_margin
from vireid.cluster.threads import thread_count

K, OWN_K = 40, 30
PRECISIONS: tuple[Precision, ...] = ("tf32", "bf16")
SAMPLE = 1024
Found = list[Neighbours]


def alike(count: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows whose products differ by less than the margin, and their modality."""
    rows, modality = scene(count, size)
    return normalise_rows(rows + np.float32(60) * rows[:1]), modality


def search(rows: np.ndarray, modality: np.ndarray, device: str) -> tuple[Found, float]:
    """Return the neighbours among all and of both modalities, and the seconds they took."""
    start = perf_counter()
    mixed, own = modal_neighbours(rows, modality, k=K, own_k=OWN_K, search=Search(device=device))
    assert mixed is not None
    return [mixed, *own.values()], perf_counter() - start


def identical(found: Found, expected: Found) -> str:
    """Say how many rows have the same neighbours, similarities and order included."""
    same = [
        (np.equal(one[0], other[0]) & np.equal(one[1], other[1])).all(axis=1)
        for one, other in zip(found, expected, strict=True)
    ]
    mixed, own = same[0], np.concatenate(same[1:])
    return f"{mixed.sum():,} and {own.sum():,} of {len(own):,}"


def candidates(rows: np.ndarray, margin: float) -> str:
    """Return how many rows are ranked exactly for each, on average and at most, of a sample."""
    chosen = np.random.default_rng(1).choice(len(rows), min(SAMPLE, len(rows)), replace=False)
    products = rows[chosen] @ rows.T
    lowest = np.partition(products, -K, axis=1)[:, -K] - np.float32(margin)
    counts = (products >= lowest[:, None]).sum(axis=1)
    return f"{counts.mean():.1f} ({counts.max():,})"


def lines_of(name: str, rows: np.ndarray, modality: np.ndarray) -> Iterator[list[str]]:
    """Search in each precision and yield the table's lines."""
    expected, seconds = search(rows, modality, "cpu")
    margin = cpu_margin(rows.shape[1])
    yield [name, "NumPy", "", f"{margin:.2g}", candidates(rows, margin), f"{seconds:.0f}"]
    margin = device_margin(rows.shape[1])
    ranked = candidates(rows, margin)
    for precision in PRECISIONS:
        with LowPrecision(precision):
            found, seconds = search(rows, modality, "cpu:0")
        same = identical(found, expected)
        yield [name, precision, same, f"{margin:.2g}", ranked, f"{seconds:.0f}"]


def main() -> None:
    """Measure and print the table."""
    arguments = options(__doc__, "small sizes").parse_args()
    count, few, size = (3_000, 1_000, 256) if arguments.quick else (34_167, 5_000, 2048)
    search(*scene(200, size), "cpu:0")  # loads what is compiled
    scenes = {"as labels.py": partial(scene, count, size), "alike": partial(alike, few, size)}
    lines = (line for name, make in scenes.items() for line in lines_of(name, *make()))
    header = ["rows", "products", "identical lists (all and own)", "margin"]
    header += [f"ranked exactly for k = {K}: mean (most)", "s"]
    print(f"N {count:,} and {few:,}, D {size}, k {K} and {OWN_K}, {thread_count()} threads.\n")
    for line in table(header, lines, words=3):
        print(line, flush=True)


if __name__ == "__main__":
    main()
