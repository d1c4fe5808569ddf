"""Values show themselves in a line, whatever they hold."""

from dataclasses import replace

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.metrics import retrieval_scores
from vireid.scoring import plain, sysu
from vireid.types import Embeddings, Images, Matching, PseudoLabels, Ranking, Truth

LARGE = 5000
"""Images; far more than a line has room for."""
FILES = Images("data", [f"{i}.jpg" for i in range(LARGE)], [0] * LARGE, np.arange(LARGE) % 3)
ROWS = np.tile(np.eye(4, dtype=np.float32)[:1], (LARGE, 1))
TRUTH = Truth(np.arange(LARGE) % 7)
SCORES = retrieval_scores([[0.9, 0.8], [0.1, 0.2]], [1, 5], [2, 1])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (FILES, "Images(5,000 visible and 0 infrared images, cameras 1, 2, below data)"),
        (FILES.subset([]), "Images(0 visible and 0 infrared images, cameras unknown, below data)"),
        (Images.of([0, 1]), "Images(1 visible and 1 infrared images, cameras unknown)"),
        (TRUTH, "Truth(5,000 images of 7 identities)"),
        (
            Embeddings(ROWS, FILES.modality),
            "Embeddings([5000, 4], 5,000 visible and 0 infrared images)",
        ),
        (
            Embeddings(ROWS, FILES.modality, ROWS[:, :2]),
            "Embeddings([5000, 4], 5,000 visible and 0 infrared images, features [5000, 2])",
        ),
        (
            PseudoLabels(np.arange(LARGE) % 9 - 1),
            "PseudoLabels(5,000 images, 8 clusters of 4,444 images)",
        ),
        (
            Matching(np.array([1, -1, 0]), 2, np.array([0.1, np.nan, 0.2])),
            "Matching(3 visible and 2 infrared clusters, 2 pairs)",
        ),
        (
            Ranking(np.zeros((3, 10), np.int64), np.zeros((3, 10), np.float32)),
            "Ranking(3 queries, the best 10 gallery images of each)",
        ),
        (SCORES, "RetrievalScores(Rank-1 0.0, mAP 50.0, mINP 50.0 in %, 1 of 2 queries)"),
        (SCORES.queries, "QueryScores(2 queries, 1 with a true match)"),
    ],
)
def test_a_value_is_a_line(value, text):
    assert repr(value) == str(value) == text


def test_protocols_and_their_draws_are_a_line():
    kind = np.arange(LARGE) % 2
    images = Images.of(kind, camera=kind * 2 + 1)
    truth = Truth(np.arange(LARGE) // 10)
    found = sysu(images, truth, draws=2)
    assert repr(found) == (
        "Protocol(SYSU-MM01 all-search, single-shot, infrared-to-visible; 2 draws of 2500 "
        "queries, 500 gallery images; ranks count identities)"
    )
    assert repr(found.draws[0]) == "Draw(2500 queries, 500 gallery images)"
    roles = ["query", *["gallery"] * (LARGE - 1)]
    assert repr(plain(images, truth, roles).draws[0]) == "Draw(1 query, 4999 gallery images)"


def test_images_need_no_files():
    images = Images.of([0, 0, 1], camera=[1, 2, 3])
    assert (images.modality.tolist(), images.camera.tolist()) == ([0, 0, 1], [1, 2, 3])
    assert sorted(images.paths) == list(images.paths), "their order is that of the paths"
    many = Images.of(np.zeros(12_345, np.int64))
    assert sorted(many.paths) == list(many.paths)
    assert not many.camera.any()
    assert replace(images, camera=[1, 1, 3]).paths == images.paths
    with pytest.raises(DataError, match=r"camera has shape \(2,\); expected shape \(3,\)"):
        Images.of([0, 0, 1], camera=[1, 2])
    with pytest.raises(DataError, match="modality holds 2"):
        Images.of([2])
