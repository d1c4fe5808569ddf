"""Training on the pretended GPU is training on the CPU, but for what it records."""

from copy import deepcopy

import pytest
import torch
from torch import nn

from tests.pretended import on_host


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(1))


OPTIMISERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.1),
    "fused adam": lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.1, fused=True),
    "sgd": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9),
    "fused sgd": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, fused=True),
}


def trained(device, name, found_inf=None):
    """Take two steps; return the weights on the host."""
    model = network().to(device, memory_format=torch.channels_last)
    optimiser = OPTIMISERS[name](model.parameters())
    x = torch.randn(6, 3, 4, 5, generator=torch.Generator().manual_seed(1)).to(device)
    if found_inf is not None:
        optimiser.found_inf = torch.full((), found_inf, device=device)
    for _ in range(2):
        optimiser.zero_grad(set_to_none=True)
        model(x).square().mean().backward()
        optimiser.step()
    return {key: on_host(value) for key, value in model.state_dict().items()}


@pytest.mark.parametrize("name", OPTIMISERS)
def test_training_is_that_of_the_cpu_and_waits_nowhere(gpu, name):
    expected = trained("cpu", name)
    gpu.clear()
    found = trained("cuda", name)
    sent = 4 + 7 + 1  # of weights, statistics and pixels
    assert gpu.waited <= sent, gpu.told()
    assert {wait.reason for wait in gpu.waits} == {"copy to the GPU"}
    assert not gpu.mixed
    for key, value in expected.items():
        torch.testing.assert_close(found[key], value)
    launched = [key for key in gpu.launches if "fused" in key or "foreach" in key]
    assert launched, "neither fused nor for each"
    assert any("_fused" in key for key in launched) == name.startswith("fused")


@pytest.mark.parametrize("name", ["fused adam", "fused sgd"])
def test_a_fused_step_with_found_inf_leaves_the_weights_alone(gpu, name):
    before = network().state_dict()
    for key, value in trained("cuda", name, found_inf=1.0).items():
        assert "weight" not in key or value.equal(before[key])
    moved = trained("cuda", name, found_inf=0.0)
    assert not moved["0.weight"].equal(before["0.weight"])
    assert not gpu.mixed


@pytest.mark.parametrize("name", ["fused adam", "adam"])
def test_a_scaler_skips_what_is_not_finite(gpu, name):
    model = network().to("cuda")
    optimiser, scaler = OPTIMISERS[name](model.parameters()), torch.amp.GradScaler("cuda")
    x = torch.ones(2, 3, 4, 4, device="cuda")
    for factor, moved in ((1.0, True), (float("inf"), False)):
        before = on_host(model[0].weight).clone()
        optimiser.zero_grad(set_to_none=True)
        scaler.scale((model(x) * factor).mean()).backward()
        gpu.clear()
        scaler.step(optimiser)
        scaler.update()
        assert on_host(model[0].weight).equal(before) != moved
        assert gpu.waited == (0 if name.startswith("fused") else 1), gpu.told()
        assert not gpu.mixed


@pytest.mark.usefixtures("gpu")
def test_autocast_lowers_the_precision():
    model = nn.Linear(3, 2).to("cuda")
    x = torch.ones(4, 3, device="cuda")
    with torch.autocast("cuda", torch.bfloat16):
        assert model(x).dtype == torch.bfloat16
    with torch.autocast("cuda", torch.bfloat16, enabled=False):
        assert model(x).dtype == torch.float32
    assert model(x).dtype == torch.float32


@pytest.mark.parametrize("precision", [None, torch.bfloat16])
def test_checkpoints_compute_again(gpu, precision):
    x = torch.ones(4, 3, device="cuda")
    gradients = []
    for again in (False, True):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1)).to("cuda")
        with torch.autocast("cuda", precision, enabled=precision is not None):
            if again:
                found = torch.utils.checkpoint.checkpoint(model, x, use_reentrant=False)
            else:
                found = model(x)
        gpu.clear()
        found.float().sum().backward()
        gradients.append(on_host(model[0].weight.grad))
        assert (gpu.launches["tanh"] == 1) == again
        assert not gpu.waits
    assert gradients[0].equal(gradients[1])


@pytest.mark.usefixtures("gpu")
def test_modules_are_copied_and_loaded():
    model = network().to("cuda")
    copy = deepcopy(model)
    assert [name for name, _ in copy.named_parameters()] == [n for n, _ in model.named_parameters()]
    assert all(value.is_cuda for value in copy.state_dict().values())
    copy.load_state_dict({key: value * 0 for key, value in model.state_dict().items()})
    assert on_host(model[0].weight).abs().sum() > 0
    assert on_host(copy[0].weight).abs().sum() == 0
