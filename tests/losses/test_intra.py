"""The intra-modality alignment."""

import pytest
import torch

from vireid.errors import ConfigError
from vireid.losses import intra

FEATURES = torch.tensor([[0.0, 0.0], [1.0, 3.0], [2.0, 2.0]])
CENTRES = torch.tensor([[1.0, 2.0], [2.0, 2.0]])
LABELS = torch.tensor([0, 0, 1])


def test_squared_distance_by_hand():
    assert intra(FEATURES, LABELS, CENTRES).tolist() == [2.5, 0.5, 0.0]


def test_absolute_distance_by_hand():
    assert intra(FEATURES, LABELS, CENTRES, norm="l1").tolist() == [1.5, 0.5, 0.0]


def test_gradient_draws_features_to_the_centres_and_leaves_these():
    features, centres = FEATURES.clone().requires_grad_(), CENTRES.clone().requires_grad_()
    intra(features, LABELS, centres).sum().backward()
    assert torch.allclose(features.grad, FEATURES - CENTRES[LABELS])  # 2 d / D with D = 2
    assert centres.grad is None


def test_value_does_not_depend_on_the_size_of_the_feature():
    wide = intra(FEATURES.repeat(1, 5), LABELS, CENTRES.repeat(1, 5))
    assert torch.allclose(wide, intra(FEATURES, LABELS, CENTRES))


def test_another_norm_is_refused():
    with pytest.raises(ConfigError, match="norm is 'l2'; expected 'squared_l2' or 'l1'"):
        intra(FEATURES, LABELS, CENTRES, norm="l2")
