"""What was forgotten is in no byte of a store's files."""

import os
from pathlib import Path

import numpy as np
import pytest

from tests.gallery.conftest import embedded
from vireid.errors import ConfigError, DataError
from vireid.gallery import Where, Wish

pytest.importorskip("lancedb", reason="stores need the extra gallery")
import pyarrow as pa

from vireid.gallery import (
    create_gallery,
    erasing,
    indexing,
    open_gallery,
)


def files_with(folder: Path, needle: bytes) -> list[str]:
    """Return the files below a folder that hold some bytes, anywhere."""
    return [
        path.relative_to(folder).parts[0]
        for path in sorted(folder.rglob("*"))
        if path.is_file() and needle in path.read_bytes()
    ]


def needles_of(store, gallery, row: int, key: str) -> dict[str, bytes]:
    """Return the bytes by which a row is known: of its vector, path, name, key and number."""
    facts = store.rows().facts
    (number,) = facts.id[facts.key == key.encode()]
    return {
        "vector": gallery.vectors[row].tobytes(),
        "path": str(gallery.images.root / gallery.images.paths[row]).encode(),
        "name": Path(gallery.images.paths[row]).name.encode(),
        "key": key.encode(),
        "number": number.tobytes(),
    }


def traces(store, needles: dict[str, bytes]) -> dict[str, list[str]]:
    """Return which files hold these bytes."""
    return {name: files_with(Path(store.place), needle) for name, needle in needles.items()}


def one_row(folder: Path, count: int = 60):
    """Return a store, what is in it, and its row 5: of camera Süd, of a track, of a known time."""
    gallery = embedded(folder / "nowhere", count)
    store = create_gallery(folder / "store")
    store.add(gallery)
    query = gallery.subset(np.array([ROW]))
    return store, gallery, store.search(query, wish=Wish(top=1), itself=True)[0]


ROW = 5


@pytest.mark.parametrize("by", ["key", "path", "folder", "track", "time", "camera"])
def test_no_file_holds_what_was_forgotten(tmp_path, by):
    store, gallery, row = one_row(tmp_path)
    needles = needles_of(store, gallery, ROW, row.key)
    assert all(traces(store, needles).values()), "the test looks for what is there"
    where = {
        "key": Where(keys=[row.key]),
        "path": Where(paths=[row.path]),
        "folder": Where(paths=[str(Path(row.path).parent)]),
        "track": Where(tracks=["first"]),
        "time": Where(since=row.time, until=row.time + 1),
        "camera": Where(cameras=["Süd"]),
    }[by]
    meant = where.rows(store.rows().facts)
    kept = set(store.rows().facts.key[~meant])
    assert store.forget(where) == {"folder": 60, "camera": 20, "track": 5}.get(by, 1) == meant.sum()
    assert traces(store, needles) == {name: [] for name in needles}
    for searcher in (store, open_gallery(store.place)):
        assert set(searcher.rows().facts.key) == kept


def test_the_log_says_that_and_not_what(tmp_path):
    store, gallery, row = one_row(tmp_path)
    store.forget(Where(keys=[row.key]))
    assert [(event.what, event.rows) for event in store.events()] == [
        ("create", 0), ("add", 60), ("forget", 1),
    ]  # fmt: skip
    last = files_with(Path(store.place), gallery.vectors[8].tobytes())
    assert last == ["rows.lance"], "all other rows are still there"
    assert len(store) == 59


def test_a_fragment_of_many_rows_is_rewritten_for_one(tmp_path, monkeypatch):
    """LanceDB alone leaves a row in a fragment of which less than a tenth is deleted."""
    store, gallery, row = one_row(tmp_path, 4000)
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "rewrite", lambda storage, table: storage.clean(table))
        store.forget(Where(keys=[row.key]))
    assert files_with(Path(store.place), gallery.vectors[ROW].tobytes()) == ["rows.lance"]
    store.forget(Where(paths=[str(gallery.images.root / gallery.images.paths[9])]))
    for forgotten in (ROW, 9):
        assert files_with(Path(store.place), gallery.vectors[forgotten].tobytes()) == []


def test_an_index_forgets_too(tmp_path, monkeypatch):
    monkeypatch.setattr("vireid.gallery.indexing.QUERIES", 10)
    store, gallery, row = one_row(tmp_path, 1200)
    found = store.index()
    assert found is not None
    assert found.recall > 0.95
    folder = Path(store.place)
    places = [path for path in folder.rglob("*.idx") if gallery.vectors[ROW].tobytes() in
              path.read_bytes()]  # fmt: skip
    assert places, "the index holds the vector"
    store.forget(Where(keys=[row.key]))
    assert files_with(folder, gallery.vectors[ROW].tobytes()) == []
    kept = store.head().index
    assert kept is not None
    assert kept.rows == 1199
    assert store.info().versions <= 2


@pytest.mark.parametrize("step", ["delete", "note", "rewrite", "drop_indices"])
def test_an_erasure_that_was_killed_is_finished_by_whoever_writes_next(tmp_path, step, monkeypatch):
    store, gallery, row = one_row(tmp_path)

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(erasing, step, die)
    with pytest.raises(Killed):
        store.forget(Where(keys=[row.key]))
    monkeypatch.undo()
    again = open_gallery(store.place)
    assert again.head().erasing
    assert (again.prune(), again.head().erasing) == (0, False)
    there = step == "delete"  # which was not acknowledged and has not happened
    assert bool(files_with(Path(store.place), gallery.vectors[ROW].tobytes())) == there
    assert again.forget(Where(keys=[row.key])) == there
    assert files_with(Path(store.place), gallery.vectors[ROW].tobytes()) == []


def test_nothing_is_forgotten_without_a_condition_or_where_nothing_is_meant(store):
    with pytest.raises(ConfigError, match="nothing says what is to be forgotten"):
        store.forget(Where())
    assert store.forget(Where(keys=["none"], cameras=["gate's"])) == 0
    assert len(store) == 60


def test_files_of_an_addition_that_was_killed_vanish_though_no_row_is_meant(store, gallery):
    folder = Path(store.place)
    (file,) = [path for path in folder.rglob("*.lance") if path.is_file() and
               gallery.vectors[ROW].tobytes() in path.read_bytes()]  # fmt: skip
    orphan = file.with_name(f"{file.stem[::-1]}.lance")
    orphan.write_bytes(file.read_bytes())  # of rows that never became part of the table
    store._storage.create("rows-9", pa.table({"x": [1]}))
    assert store.forget(Where(keys=["none"])) == 0
    assert not orphan.exists()
    assert "rows-9" not in store._storage.names()
    assert len(open_gallery(store.place)) == 60


def test_an_emptied_store_takes_another_network(store, tmp_path):
    searcher = open_gallery(store.place)
    searcher.rows()
    store.forget(Where(since=0))
    store.forget(Where(modality="visible"))
    assert (len(store), store.head().made.network) == (0, None)
    other = embedded(tmp_path / "other", 8, seed=101, network="two")
    assert store.add(other).added == 8
    order = np.argsort(searcher.rows().facts.paths(np.arange(8)))
    np.testing.assert_array_equal(searcher.rows().vectors[order], other.vectors)
    assert [name for name in store._storage.names() if name.startswith("rows")] == ["rows-2"]


def test_what_lancedb_puts_aside_lies_in_the_store_and_goes_with_the_next_writer(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("vireid.gallery.indexing.QUERIES", 10)
    elsewhere = tmp_path / "temporary"
    elsewhere.mkdir()
    monkeypatch.setenv("TMPDIR", str(elsewhere))
    store, _, row = one_row(tmp_path, 1200)
    aside = Path(store.place) / ".scratch"
    seen = []
    real = indexing.make_index

    def look(*words):
        (aside / "left").write_text(row.path)
        seen.append(os.environ["TMPDIR"])
        return real(*words)

    with monkeypatch.context() as patch:
        patch.setattr("vireid.gallery.reindexing.make_index", look)
        store.index()
    assert (seen, os.environ["TMPDIR"]) == ([str(aside)], str(elsewhere))
    assert not aside.exists()
    aside.mkdir()
    (aside / "left").write_text("by a process that was killed")
    store.forget(Where(keys=[row.key]))
    assert not aside.exists()
    assert list(elsewhere.iterdir()) == []


def test_a_key_that_is_gone_is_no_key(tmp_path):
    store, _, row = one_row(tmp_path)
    store.forget(Where(keys=[row.key]))
    with pytest.raises(DataError, match="no key"):
        store.search(key=row.key)
