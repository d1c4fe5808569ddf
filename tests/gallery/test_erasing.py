"""What was forgotten is in no byte of a store's files."""

from pathlib import Path

import numpy as np
import pytest

from tests.gallery.conftest import embedded
from vireid.errors import ConfigError, DataError
from vireid.gallery import Where, Wish

pytest.importorskip("lancedb", reason="stores need the extra gallery")
from vireid.gallery import (
    create_gallery,
    erasing,
    open_gallery,
)


def files_with(folder: Path, needle: bytes) -> list[str]:
    """Return the files below a folder that hold some bytes, anywhere."""
    return [
        path.relative_to(folder).parts[0]
        for path in sorted(folder.rglob("*"))
        if path.is_file() and needle in path.read_bytes()
    ]


def traces(store, gallery, row: int, key: str) -> dict[str, list[str]]:
    """Return where traces of a row lie: of its vector, path, name, key, track and number."""
    folder, facts = Path(store.place), store.rows().facts
    found = np.flatnonzero(facts.key == key.encode())
    number = facts.id[found].tobytes() if found.size else None
    needles = {
        "vector": gallery.vectors[row].tobytes(),
        "path": str(gallery.images.root / gallery.images.paths[row]).encode(),
        "name": Path(gallery.images.paths[row]).name.encode(),
        "key": key.encode(),
    }
    needles |= {} if number is None else {"number": number}
    return {name: files_with(folder, needle) for name, needle in needles.items()}


def one_row(folder: Path, count: int = 60):
    """Return a store in which the image of row 7 is the only one of its bytes, and its key."""
    gallery = embedded(folder / "nowhere", count)
    store = create_gallery(folder / "store")
    store.add(gallery)
    query = gallery.subset(np.array([7]))
    return store, gallery, store.search(query, wish=Wish(top=1), itself=True)[0]


@pytest.mark.parametrize("by", ["key", "path", "folder", "track", "time", "camera"])
def test_no_file_holds_what_was_forgotten(tmp_path, by):
    store, gallery, row = one_row(tmp_path)
    before = traces(store, gallery, 7, row.key)
    assert all(before.values()), "the test looks for what is there"
    where = {
        "key": Where(keys=[row.key]),
        "path": Where(paths=[row.path]),
        "folder": Where(paths=[str(Path(row.path).parent)]),
        "track": Where(tracks=["first"]),
        "time": Where(until=1e12, keys=[row.key]) if row.time else Where(keys=[row.key]),
        "camera": Where(cameras=["gate's"]),
    }[by]
    count = store.forget(where)
    assert count == {"folder": 60, "camera": 20, "track": 5}.get(by, 1)
    after = traces(store, gallery, 7, row.key)
    assert after == {name: [] for name in after}
    assert open_gallery(store.place).search_each(gallery, Wish(top=60))[0] == [
        one for one in store.search_each(gallery, Wish(top=60))[0] if one.key != row.key
    ]


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
    assert files_with(Path(store.place), gallery.vectors[7].tobytes()) == ["rows.lance"]
    store.forget(Where(paths=[str(gallery.images.root / gallery.images.paths[9])]))
    for forgotten in (7, 9):
        assert files_with(Path(store.place), gallery.vectors[forgotten].tobytes()) == []


def test_an_index_forgets_too(tmp_path, monkeypatch):
    monkeypatch.setattr("vireid.gallery.indexing.QUERIES", 10)
    store, gallery, row = one_row(tmp_path, 1200)
    found = store.index()
    assert found is not None
    assert found.recall > 0.95
    folder = Path(store.place)
    places = [path for path in folder.rglob("*.idx") if gallery.vectors[7].tobytes() in
              path.read_bytes()]  # fmt: skip
    assert places, "the index holds the vector"
    store.forget(Where(keys=[row.key]))
    assert files_with(folder, gallery.vectors[7].tobytes()) == []
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
    assert bool(files_with(Path(store.place), gallery.vectors[7].tobytes())) == there
    assert again.forget(Where(keys=[row.key])) == there
    assert files_with(Path(store.place), gallery.vectors[7].tobytes()) == []


def test_nothing_is_forgotten_without_a_condition_or_where_nothing_is_meant(store):
    with pytest.raises(ConfigError, match="nothing says what is to be forgotten"):
        store.forget(Where())
    assert store.forget(Where(keys=["none"], cameras=["gate's"])) == 0
    assert len(store) == 60


def test_a_key_that_is_gone_is_no_key(tmp_path):
    store, _, row = one_row(tmp_path)
    store.forget(Where(keys=[row.key]))
    with pytest.raises(DataError, match="no key"):
        store.search(key=row.key)
