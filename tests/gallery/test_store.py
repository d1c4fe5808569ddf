"""Adding and searching in a store, against the search among all embeddings in memory."""

import numpy as np
import pytest

from tests.gallery.conftest import embedded
from vireid.errors import ConfigError, DataError
from vireid.gallery import Where, Wish

pytest.importorskip("lancedb", reason="stores need the extra gallery")
import vireid
from vireid.gallery import create_gallery, open_gallery


def paths(found):
    return [one.path for one in found]


def test_a_search_finds_what_a_search_in_memory_finds(store, gallery):
    ranking = vireid.search(gallery, gallery, 6)
    each = store.search_each(gallery, Wish(top=6))
    for row, found in enumerate(each):
        wanted = [str(gallery.images.root / gallery.images.paths[i]) for i in ranking.order[row]]
        assert paths(found) == wanted
        np.testing.assert_allclose([f.similarity for f in found], ranking.similarity[row], 1e-5)
    first = each[1][0]
    assert (first.modality, first.camera, first.track) == ("visible", "gate's", "first")
    assert first.time is None
    assert each[2][0].camera == "Süd"
    assert each[2][0].time == 1e9 + 7200


def test_what_is_there_is_not_added_again(store, gallery, tmp_path):
    again = open_gallery(store.place)
    done = again.add(gallery)
    assert (done.added, done.present, len(again)) == (0, 60, 60)
    doubled = gallery.subset(np.array([3, 3, 3]))
    other = create_gallery(tmp_path / "other")
    assert (other.add(doubled).added, len(other)) == (1, 1)


def test_a_search_by_a_row_and_by_a_track_leaves_these_out(store, gallery):
    row = store.search_each(gallery.subset(np.array([4])), Wish(top=1))[0][0]
    found = store.search(key=row.key, wish=Wish(top=60))
    assert row.path not in paths(found)
    assert len(found) == 59
    assert store.search(key=row.key, itself=True)[0] == row
    by_track = store.search(track="first", wish=Wish(top=60))
    assert {one.track for one in by_track} & {"first"} == set()
    assert {one.track for one in store.search(track="first", itself=True)} >= {"first"}


def test_results_by_track_show_each_track_once_and_its_best_image(store, gallery):
    query = gallery.subset(np.array([30, 31]))
    every = store.search(query, wish=Wish(top=60))
    tracks = store.search(query, wish=Wish(top=60, by="track"))
    seen, wanted = set(), []
    for one in every:
        if one.track is None or one.track not in seen:
            wanted.append(one)
        seen.add(one.track)
    assert tracks == wanted
    assert store.search(query, wish=Wish(top=3, by="track")) == wanted[:3]


def test_filters_leave_rows_out_and_nothing_else(store, gallery):
    where = Where(cameras=["Süd"], modality="infrared", since=1e9, until=1e9 + 3600 * 40)
    query = gallery.subset(np.array([0]))
    every = store.search(query, wish=Wish(top=60))
    kept = [one for one in every if one.camera == "Süd" and one.time < 1e9 + 3600 * 40]
    assert store.search(query, wish=Wish(top=60, where=where)) == kept != []
    assert store.search(query, wish=Wish(where=Where(cameras=["nowhere"]))) == []


def test_re_ranking_is_that_of_the_scores_and_bounded(store, gallery):
    from vireid.scoring.protocol import Draw
    from vireid.scoring.similarity import draw_similarity

    query = gallery.subset(np.array([8]))
    plain = store.search(query, wish=Wish(top=60))
    again = store.search(query, wish=Wish(top=60, rerank=30))
    assert paths(again)[30:] == paths(plain)[30:]
    vectors = {str(gallery.images.root / p): v for p, v in
               zip(gallery.images.paths, gallery.vectors, strict=True)}  # fmt: skip
    rows = np.stack([query.vectors[0], *(vectors[p] for p in paths(plain)[:30])])
    values = draw_similarity(rows, Draw(np.array([0]), np.arange(1, 31)), rerank=True)(slice(1))
    wanted = [paths(plain)[i] for i in np.argsort(-values[0], kind="stable")]
    assert paths(again)[:30] == wanted != paths(plain)[:30]


def test_another_network_is_refused_even_where_all_is_there(store, tmp_path):
    other = embedded(tmp_path / "nowhere", 4, network="two")
    with pytest.raises(DataError, match=r"are of network two .* and the store's of network one"):
        store.add(other)
    with pytest.raises(DataError, match="are of network two"):
        store.search(other)
    with pytest.raises(DataError, match="do not say which network"):
        store.add(vireid.Gallery(other.images, other.embeddings))
    assert len(store) == 60


def test_what_has_expired_is_not_found_and_then_pruned(tmp_path, gallery):
    store = create_gallery(tmp_path / "short", keep=30)
    store.add(gallery)  # images of 2001 have expired, those of unknown time are as of today
    found = store.search(gallery, wish=Wish(top=60), itself=True)
    assert ({one.time for one in found}, len(found)) == ({None}, 20)
    assert store.info().expired == 40
    assert (store.prune(), store.prune(), len(store)) == (40, 0, 20)


def test_where_something_else_lies_no_store_is_made_or_opened(store, tmp_path):
    with pytest.raises(DataError, match="holds a store already"):
        create_gallery(store.place)
    with pytest.raises(DataError, match="holds no store; make one by"):
        open_gallery(tmp_path / "nothing")
    with pytest.raises(ConfigError, match="one of query, key and track"):
        store.search()
    with pytest.raises(DataError, match="no key 'x'"):
        store.search(key="x")
    with pytest.raises(ConfigError, match="images are given and nothing that embeds"):
        store.add(vireid.Images.of([0, 1]))
