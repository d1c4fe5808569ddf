"""Labels -> batches: which images, how augmented."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import torch

from vireid import seeds
from vireid.config import Recipe, StageConfig
from vireid.errors import DegenerateClusters
from vireid.labelling import OWN, Labelling
from vireid.training.objective import Rows
from vireid.training.sampling import label_batches
from vireid.training.transforms import View, augment
from vireid.training.unmatched import portions, unmatched_labels
from vireid.types import NOISE, Int, Modality


@dataclass(frozen=True)
class TrainingImages:
    """The unlabelled images of a training: pixels and what the camera knows."""

    pixels: Any
    """[N, H, W, 3] uint8, or an array-like that gives such blocks for an index array."""
    modality: Int
    """[N] 0 visible, 1 infrared."""


def index_batches(
    stage: StageConfig,
    labelling: Labelling,
    modality: Int,
    recipe: Recipe,
    generator: np.random.Generator,
) -> Iterator[tuple[Int, Int]]:
    """Yield the visible and the infrared images of each batch of an epoch.

    Where matched labels are drawn and some clusters have no partner, these take their share of
    every batch, so that their images go on learning the labels of their own modality.

    Args:
        stage: where labels are drawn, and how many batches.
        labelling: the current label spaces.
        modality: [N] 0 visible, 1 infrared.
        recipe: labels and images in a batch.
        generator: source of all randomness.

    Yields:
        Indices [P * K] of visible and of infrared images; of the same labels, row by row,
        unless the stage samples each modality by its own clusters. Rows of clusters without
        partner come last; one modality may have fewer of them.

    Raises:
        DegenerateClusters: a modality, or both together, have fewer than two labels.
    """

    def draw(name: str, labels: int, *groups: Int) -> Iterator[tuple[Int, ...]]:
        if not labels:
            yield from repeat((np.empty(0, dtype=np.int64),) * len(groups), stage.iterations)
            return
        try:
            yield from label_batches(
                groups,
                labels=labels,
                images=batch_images,
                iterations=stage.iterations,
                generator=generator,
            )
        except DegenerateClusters as error:
            raise DegenerateClusters(f"stage {stage.name}, {name} labels: {error}") from error

    batch_labels, batch_images = recipe.batch(stage)
    nothing = np.full(len(modality), NOISE)
    shared, own, counts = [nothing, nothing], [nothing, nothing], (batch_labels, 0, 0)
    if stage.sample_by == "own":
        own = [labelling.spaces[side].labels for side in OWN]
        counts = (0, batch_labels, batch_labels)
    else:
        labels = labelling.spaces[stage.sample_by].labels
        shared = [np.where(modality == side, labels, NOISE) for side in Modality]
    if stage.sample_by == "matched":
        own = unmatched_labels(labelling, modality)
        left, right, *alone = (set(group.tolist()) - {NOISE} for group in (*shared, *own))
        counts = portions(batch_labels, len(left & right), *map(len, alone))
    streams = zip(
        draw(stage.sample_by, counts[0], *shared),
        draw("visible", counts[1], own[0]),
        draw("infrared", counts[2], own[1]),
        strict=True,
    )
    for pair, (visible,), (infrared,) in streams:
        yield np.concatenate([pair[0], visible]), np.concatenate([pair[1], infrared])


@dataclass(frozen=True)
class RawBatch:
    """The images of a batch as they lie on the disk or in memory."""

    visible: Int
    """[V] which training images."""
    infrared: Int
    """[R] which training images."""
    pixels: Mapping[Modality, torch.Tensor]
    """[V, H, W, 3] and [R, H, W, 3] uint8."""


def read_batch(
    images: TrainingImages, visible: Int, infrared: Int, *, pin: bool = False
) -> RawBatch:
    """Read the images of a batch.

    Args:
        images: the training images.
        visible: [V] indices of visible images.
        infrared: [R] indices of infrared images.
        pin: into page-locked memory, from where a GPU fetches them while it computes.

    Returns:
        The batch.
    """
    sides = ((Modality.VISIBLE, visible), (Modality.INFRARED, infrared))
    pixels = {side: torch.from_numpy(images.pixels[indices]) for side, indices in sides}
    if pin:
        pixels = {side: block.pin_memory() for side, block in pixels.items()}
    return RawBatch(visible, infrared, pixels)


def read_ahead(
    images: TrainingImages, batches: Iterable[tuple[Int, Int]], *, pin: bool = False
) -> Iterator[RawBatch]:
    """Read the images of the next batch while this one is in use.

    Args:
        images: the training images.
        batches: visible and infrared indices.
        pin: into page-locked memory.

    Yields:
        The batches, in order.
    """
    with ThreadPoolExecutor(1, "reading") as reader:
        coming: Future[RawBatch] | None = None
        for visible, infrared in batches:
            following = reader.submit(read_batch, images, visible, infrared, pin=pin)
            if coming is not None:
                yield coming.result()
            coming = following
        if coming is not None:
            yield coming.result()


def load_batch(
    batch: RawBatch, recipe: Recipe, *names: str | int, device: torch.device | str = "cpu"
) -> tuple[torch.Tensor, Rows]:
    """Augment one batch: visible, visible with exchanged channels, infrared.

    Args:
        batch: V visible images, each of which goes in twice, and R infrared ones.
        recipe: augmentation and seed.
        names: stage, epoch and step, which make the batch's randomness its own.
        device: where the batch goes, and is augmented.

    Returns:
        Pixels [2 V + R, 3, H, W] float32 in [0, 1], and the rows' images and modalities.
    """
    generator = torch.Generator().manual_seed(seeds.derive(recipe.seed, "augment", *names))
    there = {
        side: block.to(device, non_blocking=True).permute(0, 3, 1, 2)
        for side, block in batch.pixels.items()
    }
    visible, infrared = there[Modality.VISIBLE], there[Modality.INFRARED]
    views: tuple[tuple[torch.Tensor, View], ...]
    views = ((visible, "visible"), (visible, "exchanged"), (infrared, "infrared"))
    parts = [augment(block, recipe.augmentation, generator, view=view) for block, view in views]
    indices = np.concatenate([batch.visible, batch.visible, batch.infrared])
    modality = torch.zeros(len(indices), dtype=torch.int64)
    modality[2 * len(batch.visible) :] = Modality.INFRARED
    return torch.cat(parts), Rows(torch.from_numpy(indices).to(device), modality.to(device))
