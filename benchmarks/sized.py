"""Labels of ever more images: seconds, memory, and what an approximate search changes in them.

    python benchmarks/sized.py demo/run demo/data            # to 1,000,000 images: an hour or more
    python benchmarks/sized.py demo/run demo/data --quick    # a few thousand, a minute
    python benchmarks/sized.py demo/run demo/data --counts 10000 100000

People are new ones, not copies: a centre is drawn from the Gaussian fitted to the means of people
whom a trained network embedded; 30 to 87 images of each are this centre and the residual of a
random image of somebody else, which keeps what its camera did to it. `spread` are rows of
labels.py, wide about their centres. The former search is that of the same rows, moved by a tenth of
their length at random: a stand-in for the labelling before. Every measurement is a process of its
own; CPU seconds are of all its threads.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter, process_time

import labels
import numpy as np
from pages import options, publish, table

import vireid
from vireid.cluster import (
    Neighbours,
    Search,
    dbscan,
    jaccard_distance,
    nearest_neighbours,
    normalise_rows,
)
from vireid.metrics import adjusted_rand

K1, K2, EPS = 30, 6, 0.6
COUNTS = (10_000, 100_000, 1_000_000)
MOST, FEWEST = 87, 30
WAYS = ("exact", "ivf", "hnsw", "former")
MOVED = 0.1


def residuals(run: str, data: str, file: Path) -> None:
    """Embed a data set and write means of people, residuals and sides."""
    gallery = vireid.embed(run, data, part="test", cache="none")
    vectors = gallery.embeddings.vectors.astype(np.float64)
    names = [Path(path).parts[-2] for path in gallery.images.paths]
    people = np.unique(names, return_inverse=True)[1]
    means = np.stack([vectors[people == one].mean(axis=0) for one in range(people.max() + 1)])
    np.savez(file, means=means, residuals=vectors - means[people], side=gallery.images.modality)


def drawn(file: Path, count: int) -> np.ndarray:
    """Return unit rows [N, D] of new people."""
    with np.load(file) as found:
        means, rest = found["means"], found["residuals"].astype(np.float32)
    generator = np.random.default_rng(0)
    sizes = generator.integers(FEWEST, MOST + 1, 2 + count // FEWEST)
    person = np.repeat(np.arange(len(sizes)), sizes)[:count]
    spread = means - means.mean(axis=0)
    weights = generator.normal(size=(person[-1] + 1, len(means))) / np.sqrt(len(means) - 1)
    centres = (means.mean(axis=0) + weights @ spread).astype(np.float32)
    rows = np.empty((count, means.shape[1]), dtype=np.float32)
    for start in range(0, count, 65_536):
        part = slice(start, start + 65_536)
        rows[part] = centres[person[part]]
        rows[part] += rest[generator.integers(0, len(rest), len(rows[part]))]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows[generator.permutation(count)]


def moved(rows: np.ndarray) -> np.ndarray:
    """Return the rows as another state of the network might embed them."""
    noise = np.random.default_rng(1).normal(size=rows.shape).astype(np.float32)
    return normalise_rows(rows + MOVED / np.sqrt(rows.shape[1]) * noise)


def work(way: str, source: str, count: int, folder: Path) -> dict[str, float | str]:
    """Label rows in one way; write labels and neighbours."""
    labels.warm_up()
    rows = (
        labels.scene(count, 320)[0] if source == "spread" else drawn(folder / "people.npz", count)
    )
    told: list[str] = []
    start = None
    if way == "former":
        start = (nearest_neighbours(moved(rows), K1, search=Search("exact"))[0], {})
    backend = "ivf" if way == "former" else way
    small = labels.scene(9000 if way == "exact" else 3000, 16)[0]
    nearest_neighbours(small, 9, search=Search(backend))  # compiles
    how = Search(backend, start=start, told=told.append)
    clock, marks = perf_counter(), [process_time()]
    near: Neighbours = nearest_neighbours(rows, K1, search=how)
    marks.append(process_time())
    distance = jaccard_distance(rows, k1=K1, k2=K2, max_distance=EPS, neighbours=near)
    found = dbscan(distance, eps=EPS)
    marks.append(process_time())
    np.savez(folder / f"{way}-{source}-{count}.npz", labels=found, last=near[1][:, -1], all=near[1])
    search, after = np.diff(marks).tolist()
    return {
        "search": search,
        "after": after,
        "clock": perf_counter() - clock,
        "memory": labels.peak_memory(),
        "told": " / ".join(told),
    }


def measure(way: str, source: str, count: int, folder: Path) -> dict[str, float | str]:
    """Do it in a process of its own."""
    print(way, source, count, "...", file=sys.stderr, flush=True)
    words = [sys.executable, __file__, "--job", way, source, str(count), str(folder)]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
    found: dict[str, float | str] = json.loads(done.stdout.splitlines()[-1])
    print(found, file=sys.stderr, flush=True)
    return found


def against(way: str, source: str, count: int, folder: Path) -> tuple[float, float]:
    """Return recall and ARI of a way's neighbours and labels against those of the exact search."""
    with (
        np.load(folder / f"{way}-{source}-{count}.npz") as mine,
        np.load(folder / f"exact-{source}-{count}.npz") as exact,
    ):
        recall = float(np.mean(mine["all"] >= exact["last"][:, None]))
        truth, noise = exact["labels"].copy(), exact["labels"] < 0
        truth[noise] = truth.max() + 1 + np.arange(noise.sum())  # each by itself
        same = adjusted_rand(truth, mine["labels"]).ari_noise_as_singletons
    return recall, same


def page(folder: Path, counts: Sequence[int]) -> Iterator[str]:
    """Measure and yield the lines of the page."""
    yield "`python benchmarks/sized.py demo/run demo/data`, CPU seconds of all threads; k1 30,"
    yield "k2 6, eps 0.6, one clustering. Former: from the neighbours of rows before they moved."
    yield ""
    rows = []
    for source in ("people", "spread"):
        for count in counts:
            exact = 0.0
            for way in WAYS:
                if way != "exact" and source == "spread" and count > 100_000:
                    continue
                found = measure(way, source, count, folder)
                search = float(found["search"])
                exact = search if way == "exact" else exact
                recall, ari = against(way, source, count, folder)
                rows.append(
                    [
                        *(source, way, f"{count:,}", f"{search:.1f}", f"{search / exact:.2f}"),
                        *(f"{found['after']:.1f}", f"{found['clock']:.0f}"),
                        *(f"{found['memory']:.2f}", f"{recall:.4f}", f"{ari:.4f}"),
                    ]
                )
    header = ["rows", "search", "N", "search, CPU s", "of exact", "distance and DBSCAN, CPU s"]
    yield from table([*header, "all, s", "peak GB", "recall at 30", "ARI to exact"], rows, words=2)


def main() -> None:
    """Measure, print and write the page."""
    if sys.argv[1:2] == ["--job"]:
        way, source, count, folder = sys.argv[2:]
        print(json.dumps(work(way, source, int(count), Path(folder))))
        return
    parser = options(__doc__, "a few thousand images")
    parser.add_argument("run", help="a trained run, such as demo/run")
    parser.add_argument("data", help="its data: the test people are embedded")
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS, help="images")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/vireid-sized"), help="for files")
    arguments: argparse.Namespace = parser.parse_args()
    arguments.folder.mkdir(exist_ok=True)
    residuals(arguments.run, arguments.data, arguments.folder / "people.npz")
    counts = (3000,) if arguments.quick else arguments.counts
    lines = page(arguments.folder, counts)
    publish("sized", lines, quick=arguments.quick)


if __name__ == "__main__":
    main()
