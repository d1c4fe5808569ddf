"""The label engine against a dense implementation: seconds, peak memory, identical labels.

    python benchmarks/labels.py            # all cores, about 20 minutes on two of them
    python benchmarks/labels.py --quick    # a few thousand rows, a minute

Every measurement is a process of its own. Peak memory is the whole process's, embeddings and
libraries included. Rows are drawn around 395 centres (SYSU-MM01's identities) with a shift for
each of six cameras; where growth is shown, around one centre for 56 rows, as data sets grow.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import dense_oracle
import numpy as np
from pages import options, publish

from vireid.cluster import (
    Search,
    dbscan,
    jaccard_distance,
    modal_neighbours,
    nearest_neighbours,
    normalise_rows,
)
from vireid.labelling import MultiMemoryMatching, label_spaces
from vireid.metrics import adjusted_rand
from vireid.types import Embeddings

K1, K2, EPS = 30, 6, 0.6
HEADER = "search | distance | DBSCAN | peak GB"


@dataclass(frozen=True)
class Job:
    """One process: what it does with how many rows of what size."""

    work: str
    count: int
    size: int


def scene(count: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return unit rows [N, D] around centres, and a modality for each."""
    generator = np.random.default_rng(0)
    identities = 395 if size == 2048 else max(1, count // 56)
    centres = generator.normal(size=(identities, size)).astype(np.float32)
    cameras = 0.6 * generator.normal(size=(6, size)).astype(np.float32)
    camera = generator.integers(0, 6, count)
    rows = generator.normal(0, 0.9, (count, size)).astype(np.float32)
    rows += centres[generator.integers(0, identities, count)] + cameras[camera]
    return normalise_rows(rows), (camera % 3 == 2).astype(np.int64)


def warm_up() -> None:
    """Load what is compiled, so that no job pays for it."""
    rows, modality = scene(60, 8)
    distance = jaccard_distance(rows, k1=K1, modality=modality, max_distance=EPS)
    dbscan(distance, eps=EPS)
    modal_neighbours(rows, modality, k=9, own_k=9)


def ours(rows: np.ndarray, backend: str) -> tuple[np.ndarray, dict[str, float]]:
    """Label rows by themselves."""
    marks = [perf_counter()]
    near = nearest_neighbours(rows, K1, search=Search(backend))
    marks.append(perf_counter())
    distance = jaccard_distance(rows, k1=K1, k2=K2, max_distance=EPS, neighbours=near)
    marks.append(perf_counter())
    labels = dbscan(distance, eps=EPS)
    marks.append(perf_counter())
    parts = np.diff(marks).tolist()
    return labels, dict(zip(("search", "distance", "dbscan"), parts, strict=True))


def recall(rows: np.ndarray) -> float:
    """Return the share of true neighbours that the inverted file finds, over 2,000 rows."""
    chosen = np.random.default_rng(1).choice(len(rows), min(2000, len(rows)), replace=False)
    found = nearest_neighbours(rows, K1, search=Search("ivf"))[0][chosen]
    products = rows[chosen] @ rows.T
    products[np.arange(len(chosen)), chosen] = 2
    lowest = np.partition(products, -K1, axis=1)[:, -K1]
    return float((np.take_along_axis(products, found, axis=1) >= lowest[:, None] - 4e-6).mean())


def three(rows: np.ndarray, modality: np.ndarray) -> dict[str, float]:
    """Time the whole pass of a joint stage: visible, infrared and mixed clusters."""
    config = MultiMemoryMatching()
    start = perf_counter()
    nearest_neighbours(rows, config.mixed.k1)
    searched = perf_counter()
    label_spaces(Embeddings(rows, modality), ("visible", "infrared", "mixed"), config)
    return {"search": searched - start, "whole": perf_counter() - searched}


def flat(rows: np.ndarray) -> dict[str, float]:
    """Time the exact search of FAISS, for comparison."""
    import faiss

    start = perf_counter()
    index = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows)
    index.search(rows, K1)
    return {"search": perf_counter() - start}


def peak_memory() -> float:
    """Return the most memory that this process ever held, in GB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e9


def work(job: Job, folder: Path) -> None:
    """Do one job and print what it took as JSON."""
    warm_up()
    rows, modality = scene(job.count, job.size)
    labels, found = None, {}
    if job.work in {"exact", "ivf"}:
        labels, found = ours(rows, job.work)
    elif job.work == "dense":
        labels, found = dense_oracle.label(rows, k1=K1, k2=K2, eps=EPS)
    elif job.work == "three":
        found = three(rows, modality)
    elif job.work == "flat":
        found = flat(rows)
    found["memory"] = peak_memory()
    if job.work == "ivf":
        found["recall"] = recall(rows)
    if labels is not None:
        np.save(folder / f"{job.work}-{job.count}-{job.size}.npy", labels)
    print(json.dumps(found))


def measure(work: str, count: int, size: int, folder: Path) -> dict[str, float]:
    """Do one job in a process of its own."""
    print(f"{work} N={count} D={size} ...", file=sys.stderr, flush=True)
    words = [sys.executable, __file__, "--job", work, str(count), str(size), str(folder)]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(found, file=sys.stderr, flush=True)
    return found


def agreement(folder: Path, one: str, other: str, count: int, size: int) -> str:
    """Say whether two jobs gave the same labels, or how alike theirs are."""
    first, second = (np.load(folder / f"{name}-{count}-{size}.npy") for name in (one, other))
    if np.array_equal(first, second):
        return "yes"
    return f"no, ARI {adjusted_rand(second, first).ari:.4f}"


def report(folder: Path, sizes: list[int], large: list[int], threads: int) -> str:
    """Measure everything and return the page."""
    lines = [
        f"`python benchmarks/labels.py`, {threads} threads, seconds; k1 {K1}, k2 {K2}, eps {EPS}.",
        "",
        f"| N | D | {HEADER} | dense: {HEADER} | after the search: ratio | identical labels |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for count in sizes:
        mine, dense = (measure(name, count, 2048, folder) for name in ("exact", "dense"))
        ratio = f"{after(dense) / after(mine):.0f}"
        cells = [f"{count:,}", "2048", _row(mine), _row(dense), ratio]
        cells.append(agreement(folder, "exact", "dense", count, 2048))
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", f"| growth: N | D | {HEADER} | after the search: us a row |"]
    lines.append("|---:|---:|---:|---:|---:|---:|---:|")
    for count in large:
        mine = measure("exact", count, 512, folder)
        lines.append(f"| {count:,} | 512 | {_row(mine)} | {after(mine) / count * 1e6:.0f} |")
    lines += [
        "",
        "| whole pass | N | D | exact search alone | FAISS, exact | visible + infrared + mixed "
        "| ratio | peak GB |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    whole, other = (measure(name, sizes[-1], 2048, folder) for name in ("three", "flat"))
    lines.append(
        f"| three clusterings | {sizes[-1]:,} | 2048 | {whole['search']:.1f} | "
        f"{other['search']:.1f} | {whole['whole']:.1f} | {whole['whole'] / whole['search']:.2f} | "
        f"{whole['memory']:.2f} |"
    )
    lines += [
        "",
        f"| approximate (ivf) | D | {HEADER} | recall at {K1} | labels as exact |",
        "|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for count, size in ((sizes[-1], 2048), (large[-1], 512)):
        found = measure("ivf", count, size, folder)
        same = agreement(folder, "ivf", "exact", count, size)
        lines.append(f"| {count:,} | {size} | {_row(found)} | {found['recall']:.4f} | {same} |")
    return "\n".join(lines) + "\n"


def after(found: dict[str, float]) -> float:
    """Return the seconds from the neighbours to the labels."""
    return found["distance"] + found["dbscan"]


def _row(found: dict[str, float]) -> str:
    names = ("search", "distance", "dbscan")
    return " | ".join([*(f"{found[name]:.2f}" for name in names), f"{found['memory']:.2f}"])


def main() -> None:
    """Measure, print and write the tables."""
    parser = options(__doc__, "small sizes")
    parser.add_argument("--job", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.job:
        name, count, size, folder = arguments.job
        work(Job(name, int(count), int(size)), Path(folder))
        return
    from tempfile import TemporaryDirectory

    from vireid.cluster.threads import thread_count

    sizes, large = [5_000, 10_000, 22_258, 34_167], [10_000, 25_000, 50_000, 100_000]
    if arguments.quick:
        sizes, large = [1_000, 2_000], [2_000, 4_000]
    with TemporaryDirectory() as folder:
        page = report(Path(folder), sizes, large, thread_count())
    publish("labels", page.splitlines(), quick=arguments.quick)


if __name__ == "__main__":
    main()
