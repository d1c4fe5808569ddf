"""How fast a store adds and searches, beside what NumPy alone takes; and the recall of its index.

    python benchmarks/gallery_speed.py [--rows 200000] [--size 320]

All numbers are of one run: an exact search in a started searcher against one product of the same
matrix; rows a second of given embeddings; recall at 10 of the index under conditions that keep
100%, 10% and 1% of the rows.
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from vireid.gallery import Found, Where, Wish, create_gallery
from vireid.ranking import Gallery
from vireid.types import Embeddings, Images

REPEATS = 15
QUERIES = 50
NEAREST = 10
PEOPLE = 50
"""Images of each person."""


def embedded(count: int, size: int) -> Gallery:
    """Return embeddings of people: a direction for each, and as much noise."""
    rng = np.random.default_rng(100)
    people = rng.normal(size=(count // PEOPLE + 1, size)).astype("f4")
    vectors = people[rng.integers(0, len(people), count)]
    vectors += rng.normal(size=(count, size)).astype("f4")
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    kinds = rng.integers(0, 2, count)
    share = rng.random(count)
    camera = np.where(share < 0.01, 1, np.where(share < 0.11, 2, 3))
    images = Images(Path("/nowhere"), tuple(f"{n}.png" for n in range(count)), kinds, camera)
    return Gallery(images, Embeddings(vectors, kinds), "one")


def seconds(once) -> float:
    """Return the median time of a piece of work, after one that does not count."""
    once()
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        once()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def main() -> None:
    """Measure and print."""
    command = argparse.ArgumentParser(description=__doc__)
    command.add_argument("--rows", type=int, default=200_000)
    command.add_argument("--size", type=int, default=320)
    arguments = command.parse_args()
    gallery = embedded(arguments.rows, arguments.size)
    with tempfile.TemporaryDirectory() as folder:
        store = create_gallery(Path(folder) / "store")
        begun = time.perf_counter()
        store.add(gallery)
        took = time.perf_counter() - begun
        print(f"added {len(gallery)} rows in {took:.1f} s: {len(gallery) / took:,.0f} rows/s")
        query = gallery.subset(np.array([5]))
        rows = store.rows()
        product = seconds(lambda: query.vectors @ rows.vectors.T)
        exact = seconds(lambda: store.search_each(query))
        print(f"product {product * 1e3:.1f} ms, search {exact * 1e3:.1f} ms: {exact / product:.2f}")
        _index(store, gallery)


def _index(store, gallery: Gallery) -> None:
    """Measure the recall of an index, and what a search by it takes."""
    queries = gallery.subset(np.random.default_rng(101).choice(len(gallery), QUERIES, False))
    conditions = {
        "100%": Where(), "10%": Where(cameras=["2"]), "1%": Where(cameras=["1"]),
        "other modality": Where(modality="infrared"),
    }  # fmt: skip
    wishes = {name: Wish(top=NEAREST + 1, where=where) for name, where in conditions.items()}
    exact = {name: store.search_each(queries, wish) for name, wish in wishes.items()}
    begun = time.perf_counter()
    made = store.index()
    print(f"index in {time.perf_counter() - begun:.0f} s: {made}")
    store._storage.save_head(replace(store.head(), exact=0))
    for name, wish in wishes.items():
        begun = time.perf_counter()
        found = store.search_each(queries, wish)
        took = (time.perf_counter() - begun) / QUERIES
        triples = zip(queries.images.paths, found, exact[name], strict=True)
        hits = [len(_others(path, one) & _others(path, other)) / NEAREST
                for path, one, other in triples]  # fmt: skip
        print(f"condition {name}: recall at 10 {np.mean(hits):.3f}, {took * 1e3:.0f} ms a search")


def _others(path: str, found: list[Found]) -> set[str]:
    """Return the keys of the nearest rows, without the query itself."""
    return {one.key for one in [f for f in found if not f.path.endswith(f"/{path}")][:NEAREST]}


if __name__ == "__main__":
    main()
