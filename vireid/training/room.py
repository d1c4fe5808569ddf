"""What fits into the memory of a GPU: parts of a batch, images embedded at once, all pixels."""

import gc
from copy import deepcopy
from dataclasses import replace
from math import ceil
from typing import Any

import torch
from torch import Tensor

from vireid.config import ComputeConfig, Recipe
from vireid.models.passing import BATCH
from vireid.training.compute import new_pooling

SPARE = 0.85
"""Share of the free memory that a training step may fill."""
WEIGHTS = 4
"""Copies of the weights besides themselves: gradients, two of the optimiser, one on the way."""
GROWN = 1.3
"""What a step needs at its height, over what is kept for the backward pass."""
LARGEST = 512
"""Images that are embedded at once at most; more are no faster."""
PIXELS = 0.1
"""Share of the free memory that the pixels of all images may fill."""
PROBED = 4
"""Images of each modality that a step's memory is measured with."""


def chosen_compute(network: Any, recipe: Recipe, *, processes: int = 1) -> ComputeConfig:
    """Choose what the recipe leaves to the memory of the GPU.

    Args:
        network: on the training device, with room for nothing but a training; does not change.
        recipe: batches, size of the images, and what is chosen already.
        processes: how many share a batch.

    Returns:
        The same settings; on a GPU with parts and the embedding's batch.
    """
    compute, device = recipe.compute, network.mean.device
    if device.type != "cuda" or None not in (compute.parts, compute.embedding_batch):
        return compute
    weights = sum(p.nbytes for p in network.parameters() if p.requires_grad)
    gc.collect()
    torch.cuda.empty_cache()  # what an earlier training left counts as free
    free = torch.cuda.mem_get_info(device)[0] - WEIGHTS * weights
    image = bytes_of_image(network, recipe)
    needed = GROWN * image * ceil(largest_batch(recipe) / processes)
    parts = max(1, ceil(needed / max(1.0, SPARE * free)))
    batch = LARGEST
    while batch > 1 and batch * image > free:  # without a backward pass, a quarter of that
        batch //= 2
    return replace(
        compute,
        parts=compute.parts or parts,
        embedding_batch=compute.embedding_batch or batch,
    )


def largest_batch(recipe: Recipe) -> int:
    """Return how many images go through the network in the largest batch of a recipe.

    Args:
        recipe: its stages.

    Returns:
        Visible ones twice, and infrared ones.
    """
    steps = (step for stage in recipe.stages for step in stage.steps())
    return max(3 * labels * images for labels, images in map(recipe.batch, steps))


def bytes_of_image(network: Any, recipe: Recipe) -> float:
    """Measure, on the CPU, what a step keeps of each image for its backward pass.

    Args:
        network: anywhere; does not change.
        recipe: size of the images, and precision.

    Returns:
        Bytes, weights left out.
    """
    copy = deepcopy(network).cpu().train()
    own = {p.untyped_storage().data_ptr() for p in (*copy.parameters(), *copy.buffers())}
    sizes: dict[int, int] = {}

    shapes = {p.shape for p in copy.parameters()}  # of weights that autocast has rounded

    def note(kept: Tensor) -> Tensor:
        storage = kept.untyped_storage()
        if storage.data_ptr() not in own and kept.shape not in shapes:
            sizes[storage.data_ptr()] = storage.nbytes()
        return kept

    pixels = torch.zeros(2 * PROBED, 3, recipe.height, recipe.width)
    modality = torch.arange(2 * PROBED) // PROBED
    half = recipe.compute.precision in ("bf16", "fp16")  # of one size, and CPUs know the first
    compute = replace(recipe.compute, parts=1, precision="bf16" if half else "fp32")
    pooling = new_pooling(copy.float(), compute)
    with torch.autograd.graph.saved_tensors_hooks(note, lambda kept: kept):
        pooling(pixels, modality)
    factor = 2 if recipe.compute.precision == "fp64" else 1
    return factor * sum(sizes.values()) / (2 * PROBED)


def resident_pixels(pixels: Any, device: torch.device | str) -> Tensor | None:
    """Put the pixels of all images on a GPU, where they fit in addition to a training.

    Args:
        pixels: [N, H, W, 3] uint8.
        device: the training device.

    Returns:
        The same there; None where it is no GPU, or they need over a tenth of its free memory.
    """
    if torch.device(device).type != "cuda":
        return None
    if pixels.nbytes > PIXELS * torch.cuda.mem_get_info(device)[0]:
        return None
    there = torch.empty(pixels.shape, dtype=torch.uint8, device=device)
    for start in range(0, len(pixels), BATCH):
        block = torch.from_numpy(pixels[start : start + BATCH].copy())
        there[start : start + BATCH] = block.to(device)
    return there
