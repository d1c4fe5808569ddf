"""What is chosen by the memory of a GPU."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.pretended import on_host, pretended_gpu
from vireid.runs import new_network
from vireid.training.room import (
    LARGEST,
    bytes_of_image,
    chosen_compute,
    largest_batch,
    resident_pixels,
)


def test_on_a_cpu_nothing_is_chosen(tiny):
    assert chosen_compute(new_network(tiny), tiny) is tiny.compute
    assert resident_pixels(np.zeros((4, 2, 2, 3), np.uint8), "cpu") is None


def test_the_largest_batch_of_all_steps_counts(tiny):
    first, last = tiny.stages
    recipe = replace(tiny, stages=(replace(first, batch_images=7), last))
    assert largest_batch(recipe) == 3 * tiny.batch_labels * 7


def test_what_a_step_keeps_grows_with_the_image_and_changes_nothing(tiny):
    network = new_network(tiny)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    small = bytes_of_image(network, tiny)
    large = bytes_of_image(network, replace(tiny, height=2 * tiny.height))
    assert 1.7 * small < large < 2.3 * small
    assert small > 3 * tiny.height * tiny.width * 4
    assert all(torch.equal(before[name], v) for name, v in network.state_dict().items())


def test_parts_and_embedding_batch_fit_into_the_free_memory(tiny):
    network = new_network(tiny)
    whole = bytes_of_image(network, tiny) * largest_batch(tiny)
    found = []
    for free in (1000 * whole, whole, whole / 4):
        with pretended_gpu(free=int(free)):
            there = new_network(tiny).to("cuda")
            found.append(chosen_compute(there, tiny))
            shared = chosen_compute(there, tiny, processes=2)
            assert shared.parts <= found[-1].parts
    assert found[0].parts == 1
    assert found[0].parts < found[1].parts < found[2].parts
    assert found[0].embedding_batch == LARGEST > found[2].embedding_batch >= 1


def test_what_a_recipe_says_stays(tiny):
    recipe = replace(tiny, compute=replace(tiny.compute, parts=3))
    with pretended_gpu(free=1 << 34):
        network = new_network(recipe).to("cuda")
        found = chosen_compute(network, recipe)
        assert (found.parts, found.embedding_batch) == (3, LARGEST)
        given = replace(recipe, compute=found)
        assert chosen_compute(network, given) is found


@pytest.mark.parametrize(("free", "there"), [(1 << 20, True), (1 << 12, False)])
def test_pixels_go_to_a_gpu_where_they_are_a_small_part_of_its_memory(free, there):
    pixels = np.random.default_rng(0).integers(0, 256, (100, 8, 4, 3), dtype=np.uint8)
    pixels.setflags(write=False)
    with pretended_gpu(free=free):
        found = resident_pixels(pixels, "cuda")
        assert (found is not None) == there
        if found is not None:
            assert np.array_equal(on_host(found), pixels)
