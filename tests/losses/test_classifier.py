"""The closed-set classifier."""

import math

import pytest
import torch

from vireid.losses import classifier


def test_equals_the_naive_sum_and_weights_get_a_gradient():
    torch.manual_seed(0)
    features, weights = torch.randn(6, 4), torch.randn(3, 4, requires_grad=True)
    labels = torch.tensor([0, 2, 1, 1, 0, 2])
    values = classifier(features, labels, weights)
    for feature, label, value in zip(features, labels.tolist(), values.tolist(), strict=True):
        logits = [float(feature @ row) for row in weights.detach()]
        expected = math.log(sum(map(math.exp, logits))) - logits[label]
        assert value == pytest.approx(expected, abs=1e-5)
    values[0].backward()
    shares = (features[0] @ weights.detach().T).softmax(0) - torch.eye(3)[0]
    torch.testing.assert_close(weights.grad, shares[:, None] * features[0])


def test_noise_is_refused():
    with pytest.raises(IndexError):
        classifier(torch.ones(2, 3), torch.tensor([0, -1]), torch.ones(2, 3))
