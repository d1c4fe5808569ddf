"""What a searcher holds is brought up to date by what has changed, and nothing else is kept."""

import numpy as np
import pytest

from tests.gallery.conftest import embedded
from vireid.gallery import Where

pytest.importorskip("lancedb", reason="stores need the extra gallery")
import vireid.gallery.held_vectors
import vireid.gallery.known
from vireid.gallery import create_gallery, open_gallery
from vireid.gallery.known import first_of_each
from vireid.gallery.places import Places


def told(facts):
    """Return all that facts tell, row by row."""
    every = np.arange(len(facts))
    return [
        (*numbers, facts.cameras[camera], facts.tracks[track], path, content)
        for *numbers, camera, track, path, content in zip(
            facts.id.tolist(), facts.key.tolist(), facts.modality.tolist(),
            np.nan_to_num(facts.time, nan=-1).tolist(), facts.added.tolist(),
            np.nan_to_num(facts.expires, nan=-1).tolist(), facts.camera.tolist(),
            facts.track.tolist(), facts.paths(every), facts.contents(every), strict=True,
        )
    ]  # fmt: skip


def assert_as_fresh(reader):
    """Compare what a searcher holds with all that is read anew."""
    held, fresh = reader.rows(), open_gallery(reader.place).rows()
    assert told(held.facts) == told(fresh.facts)
    np.testing.assert_array_equal(held.vectors, fresh.vectors)
    assert sorted(held.facts.cameras) == sorted(fresh.facts.cameras)
    assert sorted(held.facts.tracks) == sorted(fresh.facts.tracks), (
        "no name of forgotten rows stays"
    )
    return held


def test_after_any_changes_a_searcher_holds_what_a_new_one_reads(tmp_path):
    writer = create_gallery(tmp_path / "store")
    reader = open_gallery(writer.place)
    assert len(reader.rows().facts) == 0
    rng = np.random.default_rng(100)
    for turn in range(6):
        writer.add(embedded(tmp_path / f"part-{turn}", 12, seed=101 + turn))
        before = assert_as_fresh(reader)
        kept = before.vectors.copy()
        if turn % 2:
            keys = [key.decode() for key in rng.choice(before.facts.key, 5, replace=False)]
            writer.forget(Where(keys=keys))
            assert_as_fresh(reader)
            np.testing.assert_array_equal(
                before.vectors, kept, "what was handed out stays as it was"
            )
    writer.forget(Where(tracks=["first"]))
    assert "first" not in assert_as_fresh(reader).facts.tracks
    writer.forget(Where(modality="infrared"))
    writer.forget(Where(modality="visible"))
    assert len(reader.rows().facts) == 0


def test_of_a_change_only_numbers_and_what_is_new_are_read(store, tmp_path, monkeypatch):
    reader, whole = open_gallery(store.place), []
    rows = reader.rows()
    assert reader.rows() is rows, "nothing has changed, so nothing is made"
    read = vireid.gallery.known.read_columns
    monkeypatch.setattr(
        vireid.gallery.known, "read_columns",
        lambda storage, table, columns: whole.append(columns) or read(storage, table, columns),
    )  # fmt: skip
    monkeypatch.setattr(vireid.gallery.held_vectors, "read_blocks", None)
    store.add(embedded(tmp_path / "more", 4, seed=105))
    assert len(reader.rows().facts) == 64
    store.forget(Where(tracks=["first"]))
    assert len(reader.rows().facts) < 64
    assert set(whole) == {("id",)}


def test_vectors_lie_in_memory_once_and_those_that_are_forgotten_are_overwritten(store, gallery):
    reader = open_gallery(store.place)
    one = reader.rows()
    lost = one.vectors[7].copy()
    store.add(embedded(gallery.images.root, 4, seed=104))
    more = reader.rows()
    assert len(more.vectors) == 64
    again = more.vectors
    store.add(embedded(gallery.images.root, 4, seed=105))
    assert np.shares_memory(again, reader.rows().vectors), "new rows are written behind the others"
    store.forget(Where(keys=[one.facts.key[7].decode()]))
    now = reader.rows()
    assert not np.shares_memory(again, now.vectors)
    assert not (now.vectors.base == lost).all(axis=1).any(), "not in the space behind them either"
    with pytest.raises(ValueError, match="read-only"):
        now.vectors[0] = 0


def test_of_rows_with_one_key_the_first_is_shown(store):
    facts = store.facts()
    rows = np.array([4, 9, 4, 4])
    twice = facts.subset(rows)
    assert first_of_each(twice).tolist() == [0, 1]
    assert first_of_each(facts).tolist() == list(range(60))


def test_places_are_those_of_a_dictionary():
    rng = np.random.default_rng(100)
    among = rng.permutation(1000)[:300]
    numbers = rng.integers(0, 1000, 500)
    known = {number: place for place, number in enumerate(among.tolist())}
    found = Places(among).of(numbers).tolist()
    assert found == [known.get(number, -1) for number in numbers.tolist()]
    assert Places(among[:0]).of(numbers[:2]).tolist() == [-1, -1]
