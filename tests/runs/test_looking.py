"""What goes into a search: which images are embedded, and which of them are looked at."""

import numpy as np
import pytest

from tests.people import two_folders
from vireid.errors import ConfigError, DataError
from vireid.ranking import Gallery
from vireid.ranking.gallery import save_gallery
from vireid.runs.looking import GalleryPlace, embed_search
from vireid.types import Embeddings, Modality


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    return two_folders(tmp_path_factory.mktemp("people"), people=2, shots=2)


@pytest.fixture
def looked(people, monkeypatch):
    """Return a function that looks for an infrared image, and embeds nothing in truth."""

    class Embedder:
        def __init__(self, run, device):
            assert (run, device) == ("run", "auto")

        def embed(self, images, cache, **_options):
            assert cache == "none", "search keeps decoded images in memory"
            rows = np.eye(len(images), 16, dtype=np.float32)
            return Gallery(images, Embeddings(rows, images.modality))

    monkeypatch.setattr("vireid.runs.embedder.Embedder", Embedder)
    query = people / "infrared" / "0000" / "0.png"

    def look(path=people, **place):
        return embed_search("run", query, GalleryPlace(path, **place), modality="infrared")

    return look


def test_a_gallery_of_images_is_cut_to_one_modality_before_it_is_embedded(looked):
    every = looked()
    assert (len(every.queries), len(every.gallery), every.only) == (1, 8, None)
    for word in ({"only": "visible"}, {"modality": "visible"}):
        found = looked(**word)
        assert (found.gallery.images.modality == 0).all()
        assert (len(found.gallery), found.only) == (4, None)
    whole = looked(only="visible", whole=True)
    assert (len(whole.gallery), whole.only) == (8, Modality.VISIBLE)


def test_embeddings_stay_whole(looked, tmp_path):
    save_gallery(looked().gallery, tmp_path / "all.npz")
    found = looked(tmp_path / "all.npz", only="infrared")
    assert (len(found.gallery), found.only) == (8, Modality.INFRARED)
    save_gallery(looked(only="visible").gallery, tmp_path / "half.npz")
    with pytest.raises(DataError, match=r"half\.npz holds no infrared images; choose another"):
        looked(tmp_path / "half.npz", only="infrared")


def test_words_that_do_not_go_together_are_refused(looked, people):
    with pytest.raises(ConfigError, match="--only infrared and --gallery-modality visible leave"):
        looked(only="infrared", modality="visible")
    with pytest.raises(ConfigError, match="--root applies to an npz gallery"):
        looked(root=people)
