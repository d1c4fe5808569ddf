"""Searches whose vectors are not held in memory: by an index, by reading all, by reading few."""

from dataclasses import replace

import numpy as np
import pytest

from tests.gallery.conftest import embedded
from vireid.gallery import Where, Wish

pytest.importorskip("lancedb", reason="stores need the extra gallery")
from vireid.gallery import create_gallery, indexing, probing
from vireid.gallery.reading import read_columns
from vireid.gallery.schema import vectors_of

WISHES = (
    Wish(),
    Wish(where=Where(modality="infrared", cameras=["Süd"])),
    Wish(where=Where(since=1e9 + 1e6)),
    Wish(top=4, by="track"),
)


@pytest.fixture
def many(tmp_path, monkeypatch):
    """Return a store of 1,200 rows, of which none are held, and what an exact search finds."""
    monkeypatch.setattr(probing, "FEW", 5)
    monkeypatch.setattr("vireid.gallery.indexing.QUERIES", 5)
    gallery = embedded(tmp_path / "nowhere", 1200)
    store = create_gallery(tmp_path / "store")
    store.add(gallery)
    queries = gallery.subset(np.arange(0, 1200, 150))
    exact = [store.search_each(queries, wish) for wish in WISHES]
    store._storage.save_head(replace(store.head(), exact=0))
    assert store.rows().vectors is None
    return store, queries, exact


def keys(found):
    return [one.key for one in found]


def test_without_an_index_a_search_is_exact(many):
    store, queries, exact = many
    for wish, wanted in zip(WISHES, exact, strict=True):
        found = store.search_each(queries, wish)
        assert list(map(keys, found)) == list(map(keys, wanted))
    row = exact[0][0][0]
    assert row.key not in keys(store.search(key=row.key, wish=Wish(top=50)))


def test_few_rows_are_compared_one_by_one(many, monkeypatch):
    store, queries, exact = many
    monkeypatch.setattr(probing, "FEW", 2000)
    assert list(map(keys, store.search_each(queries, WISHES[1]))) == list(map(keys, exact[1]))


def test_an_index_finds_what_its_recall_promises_and_rows_that_came_later(many, tmp_path):
    store, queries, exact = many
    made = store.index()
    assert made is not None
    assert min(made.recall, made.across) >= 0.99
    for wish, wanted in zip(WISHES, exact, strict=True):
        found = store.search_each(queries, wish)
        hits = [len(set(keys(f)) & set(keys(w))) / len(w) for f, w in
                zip(found, wanted, strict=True)]  # fmt: skip
        assert np.mean(hits) > 0.9
    late = embedded(tmp_path / "late", 8, seed=101)
    store.add(late)
    best = store.search(late.subset(np.array([3])), wish=Wish(top=1), itself=True)[0]
    assert best.path.endswith("late/secret-place/picture-00003.png")


def test_rows_that_recall_is_measured_by_do_not_count_as_found(many, monkeypatch):
    store = many[0]
    table, storage = store.head().made.table, store._storage
    every = read_columns(storage, table, ("id", "vector"))
    numbers, vectors = every.column("id").to_numpy(), vectors_of(every)
    probe = next(indexing._probes(storage, table, np.random.default_rng(100)))
    for own, vector, nearest in zip(probe.numbers, probe.vectors, probe.nearest, strict=True):
        order = [number for number in numbers[np.argsort(-(vectors @ vector))] if number != own]
        assert set(nearest) == set(order[:10])
    rows = iter(probe.numbers)
    monkeypatch.setattr(
        indexing, "probed", lambda *_: every.filter(numbers == next(rows))
    )  # it finds the query and nothing else
    assert indexing.recall(storage, table, probe, 1) == 0
