"""New images get the number of a known cluster by the share of its images that they match."""

import numpy as np
import pytest

from vireid.labelling import assigning
from vireid.labelling.assigning import nearest_clusters
from vireid.types import Embeddings, Modality

V, R = Modality.VISIBLE, Modality.INFRARED
LIMITS = {(V, V): 0.6, (V, R): 0.45, (R, V): 0.45, (R, R): 0.5}


def embeddings(generator, count, centres, spread=0.5):
    """Return embeddings around some of the centres, half of them infrared."""
    who = generator.integers(0, len(centres), count)
    rows = centres[who] + generator.normal(0, spread, (count, centres.shape[1]))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return Embeddings(rows, generator.integers(0, 2, count)), who


def slow(new, groups, known, labels, limits):
    """Compare group by group, cluster by cluster, image by image."""
    result = np.full(len(new), -1)
    for group in set(groups.tolist()):
        best = None
        for cluster in sorted(set(labels.tolist()) - {-1}):
            for other in Modality:
                near, hits = [], []
                for i in np.flatnonzero(groups == group):
                    for j in np.flatnonzero((labels == cluster) & (known.modality == other)):
                        pair = Modality(new.modality[i]), other
                        if pair in limits:
                            near.append(float(new.vectors[i] @ known.vectors[j]))
                            hits.append(near[-1] >= limits[pair])
                if near and np.mean(hits) >= 0.5:
                    rank = (np.mean(hits), round(np.mean(near), 6), -cluster)
                    if best is None or rank > best:
                        best = rank
        if best is not None:
            result[groups == group] = -best[2]
    return result


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("cells", [1, 300, 1 << 24])
def test_it_is_what_the_slow_oracle_says(monkeypatch, seed, cells):
    monkeypatch.setattr(assigning, "CELLS", cells)
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(7, 6))
    known, who = embeddings(generator, 60, centres[:5])
    labels = np.where(generator.random(60) < 0.15, -1, who * 3 + 2)
    new, _ = embeddings(generator, 40, centres)
    groups = np.unique(generator.integers(0, 25, 40), return_inverse=True)[1]
    limits = {pair: one for pair, one in LIMITS.items() if seed != 3 or pair != (V, R)}
    found = nearest_clusters(new, groups, known, labels, limits)
    np.testing.assert_array_equal(found, slow(new, groups, known, labels, limits))
    assert set(found.tolist()) <= {-1, 2, 5, 8, 11, 14}
    assert (found == -1).any()
    assert (found != -1).any()


def test_half_of_one_modality_is_enough_and_less_is_not():
    east, north = (1.0, 0.0), (0.0, 1.0)
    known = Embeddings(np.array([east, north, north, east, north]), [0, 0, 1, 1, 1])
    limits = {(V, V): 0.9, (V, R): 0.9}
    new = Embeddings(np.array([east]), [0])
    one, alone = np.array([0, 0, 0, 0, 0]), np.array([0])
    assert nearest_clusters(new, alone, known, one, limits).tolist() == [0]
    del limits[V, V]
    assert nearest_clusters(new, alone, known, one, limits).tolist() == [-1]


def test_images_of_a_track_get_one_number():
    east, north = (1.0, 0.0), (0.0, 1.0)
    known = Embeddings(np.array([east, north]), [0, 0])
    new = Embeddings(np.array([east, north, north]), [0, 0, 0])
    labels, limits = np.array([4, 9]), {(V, V): 0.9}
    assert nearest_clusters(new, np.arange(3), known, labels, limits).tolist() == [4, 9, 9]
    assert nearest_clusters(new, np.zeros(3, int), known, labels, limits).tolist() == [9, 9, 9]


def test_strangers_match_no_more_often_than_the_rate_allows():
    generator = np.random.default_rng(0)
    known, who = embeddings(generator, 400, generator.normal(size=(20, 8)), 0.3)
    known = Embeddings(known.vectors, np.zeros(400, int))
    new, _ = embeddings(generator, 4000, generator.normal(size=(4000, 8)), 0.3)
    new = Embeddings(new.vectors, np.zeros(4000, int))
    for rate in (0.02, 0.005):
        limit = float(np.quantile(new.vectors @ known.vectors.T, 1 - rate))
        found = nearest_clusters(new, np.arange(4000), known, who, {(V, V): limit})
        assert (found >= 0).mean() <= 20 * 2 * rate


def test_where_nothing_is_known_nothing_matches():
    known = Embeddings(np.eye(2, dtype=np.float32), [0, 0])
    new = Embeddings(np.eye(2, dtype=np.float32), [0, 1])
    noise = np.array([-1, -1])
    assert nearest_clusters(new, np.arange(2), known, noise, LIMITS).tolist() == [-1, -1]
    none = new.subset(np.array([], dtype=int))
    assert nearest_clusters(none, np.array([], int), known, noise, LIMITS).tolist() == []
