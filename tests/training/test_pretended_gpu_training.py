"""A whole training on a pretended GPU: embedding, search, labels, steps, and going on."""

import numpy as np
import pytest
import torch

from tests.pretended import on_host, pretended_gpu
from vireid.runs import new_network
from vireid.training import EpochEnded, Labelled, Stepped, fit, pack, unpack

WAITS = 100
"""Waits of a labelling of three label spaces, however many images there are: of the search a block,
of k-means a bucket of clusters and four rounds, of centres, trust, signals and the guard."""


def course(images, recipe, device, gpu=None):
    """Train; return labels, losses and waits of each labelling."""
    labels, losses, waits = [], [], []
    network = new_network(recipe).to(device)
    if gpu:
        gpu.clear()
    for event in fit(network, images, recipe):
        if isinstance(event, Labelled):
            labels.append(event.state.labelling)
            waits.append(gpu.waited if gpu else 0)
        elif isinstance(event, EpochEnded):
            losses.append(event.report.losses)
        if gpu:
            assert not gpu.raced, gpu.told()
            assert not gpu.mixed, gpu.told()
            if isinstance(event, Stepped | EpochEnded):
                gpu.clear()
    return labels, losses, waits


@pytest.mark.parametrize("resident", [False, True])
def test_it_labels_and_learns_as_on_a_cpu(crops, tiny, resident):
    expected = course(crops, tiny, "cpu")
    with pretended_gpu() as gpu:
        images = crops
        if resident:
            there = torch.from_numpy(crops.pixels.copy()).to("cuda")
            images = type(crops)(crops.pixels, crops.modality, resident=there)
        labels, losses, waits = course(images, tiny, "cuda", gpu)
    first, wanted = labels[0], expected[0][0]
    assert first.spaces.keys() == wanted.spaces.keys()
    for name, space in wanted.spaces.items():
        assert np.array_equal(first.spaces[name].labels, space.labels), name
    assert losses[0] == pytest.approx(expected[1][0], rel=1e-3)
    assert len(losses) == len(expected[1]) == 3
    assert max(waits) <= WAITS, waits


def test_a_state_of_a_gpu_is_gone_on_with_there_and_on_a_cpu(crops, tiny):
    ends, packed = {}, None
    with pretended_gpu():
        whole = new_network(tiny).to("cuda")
        for event in fit(whole, crops, tiny):
            if isinstance(event, Stepped) and event.state.stage and packed is None:
                tensors, values = pack(event.state)
                copies = {name: on_host(v).detach().clone() for name, v in tensors.items()}
                packed = copies, values
        for device in ("cuda", "cpu"):
            network = new_network(tiny).to(device)
            begin = unpack(network, tiny, *packed)
            for _ in fit(network, crops, tiny, begin=begin):
                pass
            ends[device] = {n: on_host(v).clone() for n, v in network.state_dict().items()}
        expected = {n: on_host(v).clone() for n, v in whole.state_dict().items()}
    for name, value in expected.items():
        assert torch.equal(ends["cuda"][name], value), name
        torch.testing.assert_close(ends["cpu"][name], value, rtol=0.2, atol=0.02)
