"""Cross-entropy of targets that are shared out among clusters."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.losses import cluster_nce, soft_nce


def drawn(seed, batch=9, clusters=6, named=4, dimensions=5):
    """Return unit embeddings, clusters that repeat in a row, targets and unit memories."""
    generator = torch.Generator().manual_seed(seed)
    embeddings = functional.normalize(torch.randn(batch, dimensions, generator=generator))
    memories = functional.normalize(torch.randn(clusters, dimensions, generator=generator))
    which = torch.randint(0, clusters, (batch, named), generator=generator)
    targets = torch.rand(batch, named, generator=generator)
    return embeddings, which, targets / targets.sum(1, keepdim=True), memories


@pytest.mark.parametrize("temperature", [0.05, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_values_are_those_of_plain_loops(seed, temperature):
    embeddings, which, targets, memories = drawn(seed)
    found = soft_nce(embeddings, which, targets, memories, temperature)
    for value, row, clusters, shares in zip(found, embeddings, which, targets, strict=True):
        scores = [float(row.double() @ one.double()) / temperature for one in memories]
        total = math.log(sum(math.exp(score) for score in scores))
        pairs = zip(clusters.tolist(), shares.tolist(), strict=True)
        assert float(value) == pytest.approx(sum(t * (total - scores[c]) for c, t in pairs), 1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_is_that_of_the_sum_of_single_targets(seed):
    embeddings, which, targets, memories = drawn(seed)
    one, other = (embeddings.clone().requires_grad_() for _ in range(2))
    soft_nce(one, which, targets, memories, 0.1).sum().backward()
    parts = [targets[:, j] * cluster_nce(other, which[:, j], memories, 0.1) for j in range(4)]
    torch.stack(parts).sum().backward()
    torch.testing.assert_close(one.grad, other.grad, rtol=1e-5, atol=1e-5)


def test_one_target_is_cluster_nce():
    embeddings, which, _, memories = drawn(0, named=1)
    found = soft_nce(embeddings, which, torch.ones(9, 1), memories)
    torch.testing.assert_close(found, cluster_nce(embeddings, which[:, 0], memories))


def test_rows_without_a_target_give_nothing():
    embeddings, which, targets, memories = drawn(0)
    embeddings.requires_grad_()
    found = soft_nce(embeddings, which, targets * 0, memories)
    found.sum().backward()
    assert (found == 0).all()
    assert (embeddings.grad == 0).all()


def test_only_embeddings_take_a_gradient():
    embeddings, which, targets, memories = drawn(0)
    leaves = [value.requires_grad_() for value in (embeddings, targets, memories)]
    soft_nce(embeddings, which, targets, memories).sum().backward()
    assert [leaf.grad is not None for leaf in leaves] == [True, False, False]


@pytest.mark.parametrize("wrong", [-1, 6])
def test_clusters_have_to_be_there(wrong):
    embeddings, which, targets, memories = drawn(0)
    which[2, 1] = wrong
    with pytest.raises(RuntimeError, match="out of bounds"):
        soft_nce(embeddings, which, targets, memories)


def test_double_precision_stays():
    embeddings, which, targets, memories = drawn(0)
    found = soft_nce(embeddings.double(), which, targets, memories.double())
    assert found.dtype == torch.float64
    np.testing.assert_allclose(found, soft_nce(embeddings, which, targets, memories), rtol=1e-4)
