"""Whoever has a store open sees what others change, though LanceDB is not asked each time."""

import shutil

import numpy as np
import pytest

from tests.gallery.conftest import embedded

pytest.importorskip("lancedb", reason="stores need the extra gallery")
from vireid.gallery import Where, create_gallery, open_gallery
from vireid.gallery.opened import seen


def test_each_change_by_others_is_seen_by_the_next_look(store, tmp_path):
    reader, other = open_gallery(store.place), open_gallery(store.place)
    assert len(reader.rows().facts) == 60
    more = embedded(tmp_path / "more", 30, seed=101)
    for start in range(0, 30, 3):
        other.add(more.subset(np.arange(start, start + 3)))
        assert len(reader.rows().facts) == 60 + start + 3
    key = reader.rows().facts.key[0].decode()
    other.forget(Where(keys=[key]))
    assert len(reader.rows().facts) == 89
    assert key.encode() not in reader.rows().facts.key


def test_another_store_in_the_same_place_is_another_one(gallery, tmp_path):
    place = tmp_path / "store"
    create_gallery(place).add(gallery.subset(np.arange(5)))
    reader = open_gallery(place)
    before = {key.decode() for key in reader.rows().facts.key}
    versions = seen(place, "about")
    shutil.rmtree(place)
    create_gallery(place).add(gallery.subset(np.arange(5, 10)))
    assert seen(place, "about") != versions
    assert seen(place, "about")[2] == versions[2]  # the same numbers of versions
    assert not before & {key.decode() for key in reader.rows().facts.key}


def test_a_look_that_finds_nothing_new_asks_lancedb_nothing(store, monkeypatch):
    reader = open_gallery(store.place)
    first = reader.rows()
    opened = reader._storage._open
    assert all(one.seen is not None for one in opened.values())
    monkeypatch.setattr(type(next(iter(opened.values())).table), "checkout_latest", None)
    assert reader.rows() is first


def test_on_object_storage_nothing_is_said_of_versions(tmp_path):
    assert seen(None, "rows") is None
    assert seen(tmp_path, "rows") is None
