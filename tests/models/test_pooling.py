"""Generalised-mean pooling."""

import numpy as np
import pytest
import torch

from vireid.models.pooling import GeneralisedMean, stripe_bounds


def test_golden_values_and_gradient(golden):
    arrays = golden("agw_forward")
    maps = torch.from_numpy(arrays["gem_input"]).requires_grad_()
    pooled = GeneralisedMean()(maps)
    pooled.backward(torch.from_numpy(arrays["gem_upstream"]))
    np.testing.assert_allclose(pooled.detach(), arrays["gem_out"], atol=1e-5)
    tolerance = 1e-6 + 1e-4 * np.abs(arrays["gem_grad"]).max()
    np.testing.assert_allclose(maps.grad, arrays["gem_grad"], atol=tolerance)


@pytest.mark.parametrize(("height", "stripes"), [(8, 4), (6, 4), (3, 4), (7, 2), (1, 1)])
def test_stripes_equal_a_loop_over_rows(height, stripes):
    maps = torch.rand(2, 3, height, 5) + 0.1
    pooled = GeneralisedMean(stripes=stripes)(maps).reshape(2, stripes, 3)
    for number, (first, end) in enumerate(stripe_bounds(height, stripes)):
        for image in range(2):
            for channel in range(3):
                values = maps[image, channel, first:end].flatten().tolist()
                expected = (sum(v**3 for v in values) / len(values)) ** (1 / 3)
                assert pooled[image, number, channel].item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("height", "stripes"), [(8, 4), (6, 4), (3, 5), (13, 6)])
def test_stripes_cover_every_row_and_are_never_empty(height, stripes):
    bounds = stripe_bounds(height, stripes)
    assert all(first < end for first, end in bounds)
    assert set().union(*(range(*bound) for bound in bounds)) == set(range(height))


def test_negative_inputs_count_as_zero_and_stay_finite():
    maps = -torch.rand(2, 3, 4, 4)
    maps.requires_grad_()
    pooled = GeneralisedMean()(maps)
    pooled.sum().backward()
    assert torch.allclose(pooled, torch.full((2, 3), 1e-4))
    assert torch.equal(maps.grad, torch.zeros_like(maps))


def test_power_one_is_the_mean_and_a_large_power_nears_the_maximum():
    maps = torch.rand(2, 3, 4, 4)
    assert torch.allclose(GeneralisedMean(1.0)(maps), maps.mean((2, 3)), atol=1e-6)
    assert torch.allclose(GeneralisedMean(80.0)(maps), maps.amax((2, 3)), atol=0.05)


def test_trainable_power_takes_a_finite_gradient_at_zero():
    pooling = GeneralisedMean(trainable=True)
    maps = torch.rand(1, 2, 3, 3)
    maps[0, 0] = 0
    pooling(maps).sum().backward()
    (power,) = pooling.parameters()
    assert torch.isfinite(power.grad)
    assert power.grad != 0
    assert not list(GeneralisedMean().parameters())
