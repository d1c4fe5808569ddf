"""What version 0.2.0 wrote stays readable: embeddings, rates, judgements, a store."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from vireid.ranking import load_gallery, load_rates, read_judgements
from vireid.types import Modality

FORMER = Path(__file__).resolve().parents[1] / "fixtures" / "ranking-0.2.0"


def test_embeddings_with_their_images():
    found = load_gallery(FORMER / "gallery.npz")
    np.testing.assert_array_equal(found.vectors, np.load(FORMER / "vectors.npy"))
    assert (found.network, found.source, len(found)) == ("one", "by hand", 12)
    assert found.images.camera_name(2) == "Süd"
    assert found.images.paths[3] == "secret-place/picture-00003.png"
    assert found.images.time[2] == 1e9 + 7200


def test_rates():
    found = load_rates(FORMER / "rates.json")
    pair = found.of(Modality.INFRARED, Modality.VISIBLE)
    assert (found.network, pair.supported, pair.clusters) == ("one", 0.0, (3, 4))
    rate, bounded = pair.false_match_rate([-0.4, 0.6])
    assert (rate.tolist(), bounded.tolist()) == ([0.5, 0.05], [False, True])


def test_judgements():
    (one,) = read_judgements(FORMER / "judged.csv")
    assert (one.query, one.result, one.rank, one.judged) == ("n 1.jpg", 'a,"b".jpg', 1, "right")
    assert (one.similarity, one.query_modality, one.network) == (0.5, "infrared", "one")


def test_a_store_is_searched_and_grows(tmp_path):
    pytest.importorskip("lancedb", reason="stores need the extra gallery")
    from vireid.gallery import Where, Wish, open_gallery

    shutil.copytree(FORMER / "store", tmp_path / "store")
    store, gallery = open_gallery(tmp_path / "store"), load_gallery(FORMER / "gallery.npz")
    assert len(store) == 12
    (found,) = store.search_each(gallery.subset(np.array([5])), Wish(top=1))
    assert found[0].path.endswith("picture-00005.png")
    assert (found[0].camera, found[0].modality) == ("Süd", "infrared")
    assert found[0].similarity == pytest.approx(1)
    assert store.forget(Where(keys=[found[0].key])) == 1
    assert (store.add(gallery).added, len(store)) == (1, 12)
