"""Cutting timm networks."""

import pytest
import timm
import torch
from torch import nn

from vireid.errors import ConfigError
from vireid.models.stems import cut, keep_resolution

BACKBONES = [
    ("resnet18", 4),
    ("resnet18d", 4),
    ("tf_efficientnet_lite0", 7),
    ("mobilenetv2_100", 7),
    ("mobilenetv3_small_100", 6),
    ("mobilenetv4_conv_small", 5),
    ("mnasnet_small", 7),
    ("regnety_002", 4),
    ("convnext_atto", 4),
]


@pytest.mark.parametrize(("name", "count"), BACKBONES)
def test_the_parts_make_up_the_networks_own_features(name, count):
    torch.manual_seed(0)
    network = timm.create_model(name).eval()
    parts = cut(network, name)
    assert len(parts.stages) == count
    seen = {}
    handle = parts.stages[-1].register_forward_hook(lambda *a: seen.update(maps=a[2]))
    pixels = torch.rand(1, 3, 128, 64)
    with torch.no_grad():
        network(pixels)
        handle.remove()
        assert torch.equal(nn.Sequential(parts.stem, *parts.stages)(pixels), seen["maps"])


@pytest.mark.parametrize("name", ["densenet121", "vit_tiny_patch16_224", "vgg11", "mobileone_s0"])
def test_other_networks_are_refused_with_the_families_that_work(name):
    with pytest.raises(ConfigError, match=rf"{name}.*resnet50.*tf_efficientnet_lite0"):
        cut(timm.create_model(name), name)


@pytest.mark.parametrize(("name", "_count"), BACKBONES)
def test_last_stride_one_keeps_the_resolution_of_the_last_stage(name, _count):
    network = timm.create_model(name).eval()
    stem, stages = cut(network, name)
    pixels = torch.rand(1, 3, 128, 64)
    with torch.no_grad():
        before = nn.Sequential(stem, *stages)(pixels).shape
        keep_resolution(stages)
        after = nn.Sequential(stem, *stages)(pixels).shape
    assert before[2:] == (4, 2)
    # a patch convolution of size 2 has no padding and loses one row and one column
    assert after[2:] == ((7, 3) if name == "convnext_atto" else (8, 4))
    assert before[1] == after[1]
