"""The non-local block."""

import numpy as np
import torch

from vireid.models.nonlocal_block import NonLocalBlock


def golden_block(arrays):
    block = NonLocalBlock(arrays["nl_input"].shape[1], len(arrays["nl_g_bias"]))
    names = {"theta": "theta", "phi": "phi", "value": "g", "out": "w"}
    with torch.no_grad():
        for ours, theirs in names.items():
            layer = getattr(block, ours)
            layer.weight.copy_(torch.from_numpy(arrays[f"nl_{theirs}_weight"]))
            layer.bias.copy_(torch.from_numpy(arrays[f"nl_{theirs}_bias"]))
        for ours, theirs in (
            ("weight", "weight"),
            ("bias", "bias"),
            ("running_mean", "mean"),
            ("running_var", "var"),
        ):
            getattr(block.norm, ours).copy_(torch.from_numpy(arrays[f"nl_bn_{theirs}"]))
    return block


def test_golden_evaluation(golden):
    arrays = golden("agw_forward")
    out = golden_block(arrays).eval()(torch.from_numpy(arrays["nl_input"]))
    np.testing.assert_allclose(out.detach(), arrays["nl_out_eval"], atol=1e-5)


def test_golden_training_gradient_and_running_statistics(golden):
    arrays = golden("agw_forward")
    block = golden_block(arrays).train()
    maps = torch.from_numpy(arrays["nl_input"]).requires_grad_()
    out = block(maps)
    out.backward(torch.from_numpy(arrays["nl_upstream"]))
    np.testing.assert_allclose(out.detach(), arrays["nl_out_train"], atol=1e-5)
    tolerance = 1e-6 + 1e-4 * np.abs(arrays["nl_grad_input"]).max()
    np.testing.assert_allclose(maps.grad, arrays["nl_grad_input"], atol=tolerance)
    np.testing.assert_allclose(block.norm.running_mean, arrays["nl_bn_mean_after"], atol=1e-5)
    np.testing.assert_allclose(block.norm.running_var, arrays["nl_bn_var_after"], atol=1e-5)


def test_wide_block_equals_the_affinity_written_out():
    torch.manual_seed(0)
    block = NonLocalBlock(6, width=3).eval()
    torch.nn.init.ones_(block.norm.weight)
    maps = torch.randn(2, 6, 4, 3)
    out = block(maps)
    for image in range(2):
        theta, phi, value = (
            layer(maps[image : image + 1])[0].reshape(3, 12)
            for layer in (block.theta, block.phi, block.value)
        )
        mixed = torch.zeros(3, 12)
        for here in range(12):
            for there in range(12):
                mixed[:, here] += (theta[:, here] @ phi[:, there]) / 12 * value[:, there]
        term = block.norm(block.out(mixed.reshape(1, 3, 4, 3)))[0]
        assert torch.allclose(out[image], maps[image] + term, atol=1e-5)


def test_fresh_block_is_the_identity_and_can_learn():
    maps = torch.randn(2, 8, 4, 3)
    block = NonLocalBlock(8, width=2)
    out = block(maps)
    assert torch.equal(out, maps)
    out.square().sum().backward()
    assert block.norm.weight.grad.abs().sum() > 0
