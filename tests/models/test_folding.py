"""A folded network embeds like the one it was made of."""

from copy import deepcopy

import pytest
import torch
from torch import nn

from vireid.models import CrossModalNetwork, build_agw, build_network, folded
from vireid.parallel import synchronise_norms

MODALITY = torch.tensor([0, 1, 0, 0, 1, 1])


def trained(network: CrossModalNetwork) -> CrossModalNetwork:
    """Give every batch norm statistics and scales of its own."""
    generator = torch.Generator().manual_seed(1)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
            nn.init.uniform_(module.weight, 0.3, 0.6, generator=generator)
            nn.init.normal_(module.bias, 0, 0.1, generator=generator)
    return network.eval()


def maps_of(network: CrossModalNetwork) -> torch.Tensor:
    pixels = torch.rand(6, 3, 64, 32, generator=torch.Generator().manual_seed(0))
    return network.frozen_maps(network.normalise(pixels))


def norms(network: CrossModalNetwork) -> int:
    parts = (network.visible_stem, network.infrared_stem, network.trunk)
    return sum(hasattr(m, "running_var") for part in parts for m in part.modules())


@pytest.mark.parametrize(
    "name", ["test_efficientnet", "test_resnet", "mobilenetv2_035", "resnet18", "convnext_atto"]
)
@torch.inference_mode()
def test_all_norms_of_common_networks_are_folded(name: str) -> None:
    network = trained(build_network(name, weights="none"))
    state = deepcopy(network.state_dict())
    maps = maps_of(network)
    copy = folded(network, maps, MODALITY)
    expected, found = (net.forward_maps(maps, MODALITY) for net in (network, copy))
    torch.testing.assert_close(found.embedding, expected.embedding, rtol=0, atol=1e-5)
    if name != "convnext_atto":  # it has layer norms only
        assert norms(network) > 3
        assert norms(copy) <= (2 if name == "test_resnet" else 0)  # its stem ends in a sequence
    assert all(torch.equal(value, state[key]) for key, value in network.state_dict().items())


@torch.inference_mode()
def test_non_local_blocks_and_synchronised_norms_too() -> None:
    network = trained(build_agw(weights="none"))
    maps = maps_of(network)
    expected = network.forward_maps(maps, MODALITY).embedding
    assert norms(folded(network, maps, MODALITY)) == 0
    synchronise_norms(network)
    copy = folded(network, maps, MODALITY)
    assert norms(copy) == 0
    found = copy.forward_maps(maps, MODALITY).embedding
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5)


class Crossed(nn.Module):
    """Calls its norm before the convolution that is named first."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(8, 8, 1)
        self.norm = nn.BatchNorm2d(8)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return self.convolution(self.norm(maps).relu())


@torch.inference_mode()
def test_layers_in_another_order_are_left_alone() -> None:
    network = trained(build_network("test_efficientnet", weights="none"))
    last = network.trunk[-1]
    size = network.embedding_size
    assert isinstance(last, nn.Module)
    crossed = Crossed()
    crossed.convolution, crossed.norm = nn.Conv2d(size, size, 1), nn.BatchNorm2d(size)
    network.trunk.append(crossed)
    network = trained(network)
    maps = maps_of(network)
    assert folded(network, maps, MODALITY) is network
