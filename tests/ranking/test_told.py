"""What was found for a query, image by image."""

from pathlib import Path

import numpy as np

from vireid.ranking import Gallery
from vireid.ranking.told import FoundImage, found_images
from vireid.types import Embeddings, Images, Ranking


def test_images_are_told_best_first_until_nothing_is_left():
    kind = np.array([0, 1, 0])
    images = Images(Path("/there"), ("a", "b", "c"), kind, np.array([1, 0, 1]), cameras={1: "hall"})
    gallery = Gallery(images, Embeddings(np.eye(3, dtype=np.float32), kind))
    order = np.array([[2, 1, -1], [-1, -1, -1]])
    ranking = Ranking(order, np.array([[0.5, 0.25, 0], [0, 0, 0]], np.float32))
    assert found_images(gallery, ranking, 0) == [
        FoundImage(1, 0.5, "visible", "hall", str(Path("/there/c"))),
        FoundImage(2, 0.25, "infrared", None, str(Path("/there/b"))),
    ]
    assert found_images(gallery, ranking, 1) == []
