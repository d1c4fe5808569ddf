"""The batch-hard triplet loss."""

import numpy as np
import pytest
import torch

from vireid.losses import triplet


def naive(features, labels, margin):
    points, values = features.double(), []
    for i in range(len(points)):
        to = [(points[i] - other).norm().item() for other in points]
        positives = [d for j, d in enumerate(to) if labels[j] == labels[i] and j != i]
        negatives = [d for j, d in enumerate(to) if labels[j] != labels[i]]
        whole = bool(positives and negatives)
        values.append(max(0.0, max(positives) - min(negatives) + margin) if whole else 0.0)
    return values


@pytest.mark.parametrize("shift", [0.0, 100.0])
def test_equals_the_naive_search(shift):
    torch.manual_seed(0)
    features = torch.randn(9, 4) + shift
    labels = torch.tensor([0, 1, 0, 2, 1, 0, 5, 2, 2])
    values = triplet(features, labels, 0.5)
    assert values.tolist() == pytest.approx(naive(features, labels, 0.5), abs=1e-4)
    assert values[6] == 0


@pytest.mark.parametrize("case", ["small", "large"])
def test_golden_loss_and_gradient(golden, case):
    arrays = golden("triplet")
    features = torch.from_numpy(arrays[f"{case}_features"]).requires_grad_()
    loss = triplet(features, torch.from_numpy(arrays[f"{case}_labels"]), margin=0.2).mean()
    loss.backward()
    expected = arrays[f"{case}_hard_grad"]
    assert loss.item() == pytest.approx(float(arrays[f"{case}_hard_loss"]), rel=1e-5, abs=5e-6)
    np.testing.assert_allclose(features.grad, expected, atol=1e-6 + 1e-4 * np.abs(expected).max())
    right = triplet(features, torch.from_numpy(arrays[f"{case}_labels"]), margin=0) == 0
    assert int(right.sum()) == int(arrays[f"{case}_hard_correct"])


@pytest.mark.parametrize("labels", [[], [0], [0, 0, 0], [0, 1, 2]])
def test_batches_without_a_triplet_are_zero_with_a_zero_gradient(labels):
    features = torch.rand(len(labels), 3, requires_grad=True)
    values = triplet(features, torch.tensor(labels, dtype=torch.int64))
    values.sum().backward()
    assert values.tolist() == [0.0] * len(labels)
    assert torch.equal(features.grad, torch.zeros_like(features))


def test_coinciding_features_have_a_finite_gradient():
    features = torch.ones(4, 3, requires_grad=True)
    values = triplet(features, torch.tensor([0, 0, 1, 1]))
    values.sum().backward()
    assert values.tolist() == pytest.approx([0.3] * 4)
    assert torch.isfinite(features.grad).all()
