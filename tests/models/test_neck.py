"""The neck."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.models.neck import Neck


def golden_neck(arrays):
    neck = Neck(len(arrays["bn_weight"]))
    with torch.no_grad():
        neck.weight.copy_(torch.from_numpy(arrays["bn_weight"]))
        neck.running_mean[0] = torch.from_numpy(arrays["bn_mean"])
        neck.running_variance[0] = torch.from_numpy(arrays["bn_var"])
    return neck


def test_golden_evaluation_and_embedding(golden):
    arrays = golden("agw_forward")
    pooled = torch.from_numpy(arrays["bn_input"])
    out = golden_neck(arrays).eval()(pooled, 0)
    np.testing.assert_allclose(out.detach(), arrays["bn_out_eval"], atol=1e-5)
    np.testing.assert_allclose(functional.normalize(out).detach(), arrays["l2_out"], atol=1e-5)
    np.testing.assert_allclose(functional.normalize(pooled), arrays["l2_pool_out"], atol=1e-5)


def test_golden_training_and_running_statistics(golden):
    arrays = golden("agw_forward")
    neck = golden_neck(arrays).train()
    out = neck(torch.from_numpy(arrays["bn_input"]), 0)
    np.testing.assert_allclose(out.detach(), arrays["bn_out_train"], atol=1e-5)
    np.testing.assert_allclose(neck.running_mean[0], arrays["bn_mean_after"], atol=1e-5)
    np.testing.assert_allclose(neck.running_variance[0], arrays["bn_var_after"], atol=1e-5)


def test_it_has_a_scale_and_no_shift():
    assert [name for name, _ in Neck(4).named_parameters()] == ["weight"]


@pytest.mark.parametrize("visible", [0, 4, 9])
def test_split_statistics_equal_one_neck_for_each_modality(visible):
    torch.manual_seed(0)
    pooled = torch.randn(9, 5) * 3 + 1
    split = Neck(5, split_statistics=True)
    out = split(pooled, visible)
    for which, rows in enumerate((slice(None, visible), slice(visible, None))):
        alone = Neck(5)
        if len(pooled[rows]):
            assert torch.equal(out[rows], alone(pooled[rows], 0))
        assert torch.equal(split.running_mean[which], alone.running_mean[0])
        assert torch.equal(split.running_variance[which], alone.running_variance[0])


def test_split_statistics_close_the_gap_between_modalities():
    torch.manual_seed(0)
    pooled = torch.randn(40, 3)
    pooled[20:] = pooled[20:] * 5 + 7
    means = Neck(3, split_statistics=True)(pooled, 20).reshape(2, 20, 3).mean(1)
    assert torch.allclose(means, torch.zeros(2, 3), atol=1e-5)
