"""Error rates learned from embedded images, and what is said where these are too few."""

from pathlib import Path

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.ranking import Gallery
from vireid.runs.gallery_rates import gallery_rates
from vireid.types import Embeddings, Images


def made(visible: int, infrared: int) -> Gallery:
    """Return embedded images of six people who are far apart."""
    count = visible + infrared
    rows = np.eye(6, 16)[np.arange(count) % 6]
    rows = rows + 0.05 * np.random.default_rng(0).normal(size=rows.shape)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    side = np.repeat([0, 1], [visible, infrared])
    paths = tuple(f"{number}.jpg" for number in range(count))
    images = Images(Path("nowhere"), paths, side, np.zeros(count, dtype=np.int64))
    return Gallery(images, Embeddings(rows.astype(np.float32), side), "net")


def test_one_modality_has_the_rates_of_its_own_comparisons():
    found = gallery_rates(made(0, 48), draws=1)
    assert [pair.names for pair in found.pairs] == [("infrared", "infrared")]
    assert (found.pairs[0].different, found.pairs[0].same) == (15 * 8 * 8, 6 * 28)
    assert found.made["images"] == {"visible": 0, "infrared": 48}


@pytest.mark.parametrize(
    ("count", "words"),
    [
        ((0, 0), "there is no image to learn from"),
        ((3, 0), "3 visible images make 0 clusters; expected many people, each several times: gi"),
        ((48, 1), "48 visible and 1 infrared .*in either modality: .* of one modality alone"),
    ],
)
def test_what_is_missing_is_told(count, words):
    with pytest.raises(DataError, match=words):
        gallery_rates(made(*count), draws=0)
