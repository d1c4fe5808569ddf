"""Votes of pairs of images, and the pairs of clusters that they make."""

import numpy as np
import pytest
import torch

from tests.pretended import pretended_gpu
from vireid.errors import DataError
from vireid.matching import ClusterVotes, count_votes, greedy_pairs, match_by_votes

CASES = ("more_vis", "more_ir", "noisy", "none", "ties", "few")
SHAPES = [(40, 30), (30, 55), (7, 3), (1, 1), (5, 0), (0, 0)]


def joined(arrays, case):
    """Return the features of both modalities, and the labels of each over all of them."""
    features = np.concatenate([arrays[f"{case}_features_{side}"] for side in ("vis", "ir")])
    one, other = (arrays[f"{case}_labels_{side}"] for side in ("vis", "ir"))
    noise = [np.full(len(labels), -1) for labels in (one, other)]
    return features, np.append(one, noise[1]), np.append(noise[0], other)


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_votes_and_pairs_are_those_of_the_released_code(golden, case, there) -> None:
    arrays = golden("adca_matching")
    rows, visible, infrared = joined(arrays, case)
    resident = torch.tensor(rows) if there else None
    votes = count_votes(rows, visible, infrared, float(arrays["threshold"]), resident=resident)
    assert np.array_equal(votes.similar, arrays[f"{case}_votes"])
    assert votes.similar.sum() == arrays[f"{case}_num_above"] - arrays[f"{case}_votes_noise"]
    assert np.array_equal(greedy_pairs(votes), arrays[f"{case}_pairs"])
    found = match_by_votes(votes)
    assert np.array_equal(found.partner, arrays[f"{case}_r2i"])
    assert np.array_equal(found.to_visible, arrays[f"{case}_i2r"])


def drawn(shape, seed):
    """Return rows of visible, then of infrared images, and both labels; some are noise."""
    generator = np.random.default_rng(seed)
    count = sum(shape)
    rows = (
        generator.normal(size=(count, 5)) + 2 * generator.normal(size=(4, 5))[np.arange(count) % 4]
    )
    rows /= np.linalg.norm(rows, axis=1, keepdims=True) * generator.uniform(1, 1.1, (count, 1))
    labels = generator.integers(-1, 6, count)
    first = np.arange(count) < shape[0]
    return rows.astype(np.float32), np.where(first, labels, -1), np.where(first, -1, labels)


def slow_votes(rows, visible, infrared, threshold):
    """Look at every pair of images."""
    clusters = [max(labels, default=-1) + 1 for labels in (visible.tolist(), infrared.tolist())]
    votes, closest = np.zeros(clusters, int), np.full(clusters, -np.inf)
    for row, p in zip(rows.astype(float), visible, strict=True):
        for other, q in zip(rows.astype(float), infrared, strict=True):
            if p >= 0 and q >= 0:
                votes[p, q] += sum(row * other) >= threshold
                closest[p, q] = max(closest[p, q], sum(row * other))
    return votes, closest


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("block", [1, 4, 2048])
@pytest.mark.parametrize("there", [False, True])
def test_votes_are_those_of_a_look_at_every_pair(monkeypatch, shape, block, there) -> None:
    monkeypatch.setattr("vireid.matching.blocks.BLOCK", block)
    rows, visible, infrared = drawn(shape, seed=sum(shape))
    resident = torch.tensor(rows) if there else None
    found = count_votes(rows, visible, infrared, 0.3, resident=resident)
    votes, closest = slow_votes(rows, visible, infrared, 0.3)
    assert found.similar.dtype == np.int64
    assert np.array_equal(found.similar, votes)
    assert np.allclose(found.closest, closest, rtol=0, atol=1e-12)


def slow_pairs(votes, closest):
    """Take the best pair that is left, again and again."""
    left = {(p, q) for p, q in np.ndindex(votes.shape) if votes[p, q]}
    pairs = []
    while left:
        best = min(left, key=lambda at: (-votes[at], -closest[at], at))
        pairs.append(best)
        left = {(p, q) for p, q in left if p != best[0] and q != best[1]}
    return pairs


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (5, 5), (1, 3), (0, 2), (2, 0)])
@pytest.mark.parametrize("seed", range(4))
def test_pairs_are_taken_by_falling_votes(shape, seed) -> None:
    generator = np.random.default_rng(seed)
    votes = generator.integers(0, 4, shape)  # with many ties
    closest = generator.integers(0, 3, shape) / 4
    pairs = slow_pairs(votes, closest)
    assert greedy_pairs(ClusterVotes(votes, closest)).tolist() == [list(pair) for pair in pairs]
    found = match_by_votes(ClusterVotes(votes, closest))
    assert sorted(zip(*found.pairs(), strict=True)) == sorted(pairs)
    for p, q in pairs:
        assert found.to_visible[q] == p
        assert found.cost[p] == np.float32(1 / (1 + votes[p, q]))
    assert np.isnan(np.delete(found.cost, [p for p, _ in pairs])).all()


def test_a_gpu_that_is_pretended_counts_the_same(monkeypatch) -> None:
    monkeypatch.setattr("vireid.matching.blocks.BLOCK", 16)
    rows, visible, infrared = drawn((40, 30), seed=3)
    expected = count_votes(rows, visible, infrared, 0.3)
    with pretended_gpu() as gpu:
        resident = torch.from_numpy(rows).to("cuda")
        found = count_votes(rows, visible, infrared, 0.3, resident=resident)
    assert not gpu.mixed, gpu.told()
    assert not gpu.raced, gpu.told()
    assert np.array_equal(found.similar, expected.similar)
    assert np.allclose(found.closest, expected.closest, rtol=0, atol=1e-12)


def test_wrong_arguments_are_refused() -> None:
    rows = np.eye(3)
    with pytest.raises(DataError, match="labels have shape"):
        count_votes(rows, np.zeros(2, int), np.zeros(3, int))
    with pytest.raises(DataError, match="NaN"):
        count_votes(rows * np.nan, np.zeros(3, int), np.zeros(3, int))
    with pytest.raises(DataError, match="-2"):
        count_votes(rows, np.full(3, -2), np.zeros(3, int))
