"""The two-stem network."""

import copy

import pytest
import torch
from torch import nn

from vireid.models import build_network
from vireid.models.nonlocal_block import NonLocalBlock

MIXED = torch.tensor([0, 1, 1, 0, 1, 0])


def small(**options):
    options = {"depth": 3, "stripes": 2, "split_statistics": True, **options}
    return build_network("mobilenetv2_100", **options)


def part_infrared(network):
    """Make the infrared stem differ from the visible one."""
    with torch.no_grad():
        for parameter in network.infrared_stem.parameters():
            parameter.mul_(1.3)
    return network


def pixels(count=6, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, 3, 64, 32, generator=generator)


def test_shapes_and_unit_embeddings():
    network = small()
    output = network(pixels(), MIXED)
    assert output.pooled.shape == output.embedding.shape == (6, network.embedding_size) == (6, 64)
    assert torch.allclose(output.embedding.norm(dim=1), torch.ones(6))


@pytest.mark.parametrize("modality", [[0] * 6, [1] * 6, [0, 0, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0]])
def test_rows_equal_each_modality_alone(modality):
    network = part_infrared(small()).eval()
    images, modality = pixels(), torch.tensor(modality)
    output = network(images, modality)
    for row in range(6):
        alone = network(images[row : row + 1], modality[row : row + 1])
        assert torch.allclose(output.pooled[row], alone.pooled[0], atol=1e-4)
        assert torch.allclose(output.embedding[row], alone.embedding[0], atol=1e-5)


@pytest.mark.parametrize("training", [False, True])
def test_any_row_order_gives_the_same_rows(training):
    images = pixels()
    order = torch.tensor([3, 0, 5, 2, 1, 4])
    first = part_infrared(small()).train(training)
    second = copy.deepcopy(first)
    straight, shuffled = first(images, MIXED), second(images[order], MIXED[order])
    assert torch.allclose(straight.pooled[order], shuffled.pooled, atol=1e-4)
    assert torch.allclose(straight.embedding[order], shuffled.embedding, atol=1e-4)
    for name, value in first.named_buffers():
        assert torch.allclose(value.float(), second.get_buffer(name).float(), atol=1e-4), name


def test_stems_start_equal_and_part_in_training():
    network = small()
    before = [network.visible_stem, network.infrared_stem]
    ours, theirs = (list(stem.parameters()) for stem in before)
    assert all(a is not b and torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))
    network(pixels(), torch.zeros(6, dtype=torch.int64)).pooled.sum().backward()
    assert all(parameter.grad is not None for parameter in ours)
    assert all(parameter.grad is None for parameter in theirs)


@pytest.mark.parametrize("frozen", [1, 2, 3])
def test_frozen_parts_never_change(frozen):
    network = small(frozen=frozen).train()
    base = copy.deepcopy(network.base.state_dict())
    assert len(network.base) == frozen
    assert base
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, weight_decay=0.1)
    weight = torch.randn(6, network.embedding_size, generator=torch.Generator().manual_seed(1))
    neck = network.neck.weight.detach().clone()
    (network(pixels(), MIXED).embedding * weight).sum().backward()
    optimizer.step()
    assert not any(module.training for module in network.base.modules())
    assert network.trunk.training
    for name, value in network.base.state_dict().items():
        assert torch.equal(value, base[name]), name
    assert not torch.equal(network.neck.weight, neck)


def test_frozen_network_gives_the_output_of_the_free_one():
    free, frozen = small().eval(), small(frozen=2, stem_stages=2).eval()
    for ours, theirs in zip(free(pixels(), MIXED), frozen(pixels(), MIXED), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)


def test_stem_stages_belong_to_each_modality():
    network = small(frozen=2, stem_stages=2)
    assert [len(part) for part in (network.base, network.visible_stem, network.trunk)] == [2, 1, 1]
    assert len(list(network.infrared_stem.parameters())) > 0


def test_normalise_of_bytes_and_of_shares_agree():
    network = build_network("resnet18", depth=1)
    raw = torch.randint(0, 256, (2, 3, 8, 4), dtype=torch.uint8)
    normal = network.normalise(raw)
    assert torch.allclose(normal, network.normalise(raw / 255), atol=1e-6)
    expected = (raw[1, 2, 3, 1].item() / 255 - 0.406) / 0.225
    assert normal[1, 2, 3, 1].item() == pytest.approx(expected, abs=1e-5)
    assert normal.is_contiguous(memory_format=torch.channels_last)


def test_golden_normalisation(golden):
    arrays = golden("preprocess")
    network = build_network("resnet18", depth=1)
    image = torch.from_numpy(arrays["lanczos"]).permute(2, 0, 1)[None]
    rows, columns = torch.from_numpy(arrays["rows"]), torch.from_numpy(arrays["cols"])
    normal = network.normalise(image)[0][:, rows][:, :, columns]
    assert torch.allclose(normal, torch.from_numpy(arrays["normalised_lanczos"]), atol=1e-5)


def test_state_goes_to_another_network_bit_for_bit():
    first, second = part_infrared(small()), small(seed=1)
    first(pixels(), MIXED)
    second.load_state_dict(first.state_dict())
    for ours, theirs in zip(
        first.eval()(pixels(), MIXED), second.eval()(pixels(), MIXED), strict=True
    ):
        assert torch.equal(ours, theirs)


def test_input_is_not_modified():
    images, modality = pixels(), MIXED.clone()
    before = images.clone()
    small()(images, modality)
    assert torch.equal(images, before)
    assert torch.equal(modality, MIXED)


def test_layout_is_channels_last_throughout():
    network = build_network("resnet18", nonlocal_blocks=(0, 1), nonlocal_width=2)
    layouts = []

    def note(_module, _inputs, output):
        layouts.append(output.is_contiguous(memory_format=torch.channels_last))

    for module in network.modules():
        if isinstance(module, nn.Conv2d | NonLocalBlock):
            module.register_forward_hook(note)
    network(pixels(), MIXED)
    convolutions = sum(isinstance(m, nn.Conv2d) for m in network.modules())
    assert len(layouts) > convolutions
    assert all(layouts)
