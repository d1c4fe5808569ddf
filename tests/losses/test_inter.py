"""The inter-modality alignment."""

import numpy as np
import pytest
import torch

from vireid.losses import inter, mmd, paired


def naive_mmd(source, target):
    """The formula as written, pair by pair, in double precision."""
    points = [*source.double(), *target.double()]
    total = sum(((a - b) ** 2).sum().item() for a in points for b in points)
    bandwidth = total / (len(points) * (len(points) - 1))

    def mean_kernel(first, second):
        values = [
            sum(torch.exp(-((a - b) ** 2).sum() / (bandwidth / 4 * 2**i)) for i in range(5))
            for a in first.double()
            for b in second.double()
        ]
        return sum(values) / len(values)

    cross = mean_kernel(source, target)
    return mean_kernel(source, source) + mean_kernel(target, target) - 2 * cross


def naive_inter(features, labels, modality):
    values = [features.sum() * 0] * len(labels)
    for identity in set(labels.tolist()) - {-1}:
        visible = features[(labels == identity) & (modality == 0)]
        infrared = features[(labels == identity) & (modality == 1)]
        if len(visible) and len(infrared):
            value = mmd(visible, infrared.detach()) / 2 + mmd(infrared, visible.detach()) / 2
            for row in torch.nonzero(labels == identity).flatten().tolist():
                values[row] = value
    return torch.stack(values)


def batch(seed=0):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.tensor([0, 0, 0, 3, 3, 0, 3, 3, 3, 7, 7, -1, -1, 8, 0])
    modality = torch.tensor([0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0])
    return torch.randn(len(labels), 6, generator=generator), labels, modality


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 5), (4, 2), (3, 3)])
def test_mmd_equals_the_pairwise_sum_for_any_sizes(n, m):
    torch.manual_seed(0)
    source, target = torch.randn(n, 5), torch.randn(m, 5) + 1
    assert mmd(source, target).item() == pytest.approx(naive_mmd(source, target).item(), abs=1e-5)


def test_golden_mmd(golden):
    arrays = golden("mmd")
    for case in range(int(arrays["num_cases"])):
        source = torch.from_numpy(arrays[f"case{case}_source"]).requires_grad_()
        value = mmd(source, torch.from_numpy(arrays[f"case{case}_target"]))
        value.backward()
        expected = arrays[f"case{case}_grad_source"]
        assert value.item() == pytest.approx(float(arrays[f"case{case}_loss"]), 1e-5, 1e-5)
        np.testing.assert_allclose(source.grad, expected, atol=1e-6 + 1e-4 * np.abs(expected).max())


def test_golden_mmd_of_equal_sets(golden):
    source = torch.from_numpy(golden("mmd")["same_source"]).requires_grad_()
    value = mmd(source, source.detach().clone())
    value.backward()
    assert abs(value.item()) < 1e-7
    assert source.grad.abs().max() < 1e-7


@pytest.mark.parametrize(("n", "m"), [(3, 3), (1, 1), (2, 5)])
def test_equal_points_have_no_discrepancy_and_no_gradient(n, m):
    source = torch.ones(n, 4, requires_grad=True)
    value = mmd(source, torch.ones(m, 4))
    value.backward()
    assert value.item() == 0
    assert torch.equal(source.grad, torch.zeros(n, 4))


def test_inter_equals_a_loop_over_identities_with_stopped_gradients():
    features, labels, modality = batch()
    ours, theirs = features.clone().requires_grad_(), features.clone().requires_grad_()
    weights = torch.rand(len(labels), generator=torch.Generator().manual_seed(1))
    values, expected = inter(ours, labels, modality), naive_inter(theirs, labels, modality)
    (values * weights).sum().backward()
    (expected * weights).sum().backward()
    assert torch.allclose(values, expected, atol=1e-5)
    assert torch.allclose(ours.grad, theirs.grad, atol=1e-5)
    assert values[labels == 0].min() > 0.01


def test_inter_is_zero_where_not_paired():
    features, labels, modality = batch()
    counted = paired(labels, modality)
    assert counted.tolist() == [label in (0, 3) for label in labels.tolist()]
    assert torch.equal(inter(features, labels, modality) != 0, counted)


def test_inter_follows_any_order_and_any_numbering():
    features, labels, modality = batch()
    values = inter(features, labels, modality)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(2))
    moved = inter(features[order], labels[order], modality[order])
    renumbered = torch.where(labels < 0, labels, 100 - labels)
    assert torch.allclose(moved, values[order], atol=1e-6)
    assert torch.allclose(inter(features, renumbered, modality), values, atol=1e-6)


@pytest.mark.parametrize("rows", [0, 1])
def test_empty_and_single_batches_are_zero(rows):
    features = torch.ones(rows, 3, requires_grad=True)
    index = torch.zeros(rows, dtype=torch.int64)
    values = inter(features, index, index)
    values.sum().backward()
    assert values.tolist() == [0.0] * rows


def test_equal_features_of_an_identity_stay_finite():
    labels, modality = torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 0, 1])
    features = torch.tensor([[1.0, 1], [1, 1], [0, 1], [3, 1]], requires_grad=True)
    values = inter(features, labels, modality)
    values.sum().backward()
    assert values[:2].tolist() == [0, 0]
    assert values[2] > 0
    assert torch.isfinite(features.grad).all()
