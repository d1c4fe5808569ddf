"""Labels -> batches: which images, how augmented."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from vireid import seeds
from vireid.config import Recipe, StageConfig, StepConfig
from vireid.errors import DegenerateClusters
from vireid.terms import Batch
from vireid.training.sampling import label_batches
from vireid.training.shares import Share, shares
from vireid.training.state import TrainingState
from vireid.training.transforms import View, augment
from vireid.types import Int, Known, Labelling, Modality


@dataclass(frozen=True)
class TrainingImages:
    """The unlabelled images of a training: pixels and what the camera knows."""

    pixels: Any
    """[N, H, W, 3] uint8, or an array-like that gives such blocks for an index array."""
    modality: Int
    """[N] 0 visible, 1 infrared."""
    camera: Int | None = None
    """[N] camera numbers; None where unknown."""
    track: Int | None = None
    """[N] numbers of tracks, -1 for an image without one; None where unknown."""
    time: NDArray[np.float64] | None = None
    """[N] seconds since any moment; None where unknown."""

    def known(self) -> Known:
        """Return what is known of the images without looking at them."""
        return Known(self.modality, self.camera, self.track, self.time)


def index_batches(
    stage: StageConfig,
    labelling: Labelling,
    modality: Int,
    recipe: Recipe,
    generator: np.random.Generator,
    step: StepConfig | None = None,
) -> Iterator[tuple[Int, Int]]:
    """Yield the visible and the infrared images of each batch of an epoch.

    Where matched labels are drawn and some clusters have no partner, these take their share of
    every batch, so that their images go on learning the labels of their own modality.

    Args:
        stage: how many batches, and where labels are drawn.
        labelling: the current label spaces.
        modality: [N] 0 visible, 1 infrared.
        recipe: labels and images in a batch.
        generator: source of all randomness.
        step: where labels are drawn, if not by the stage's first step.

    Yields:
        Indices [P * K] of visible and of infrared images; of the same labels, row by row,
        unless the stage samples each modality by its own clusters. Rows of clusters without
        partner come last; one modality may have fewer of them.

    Raises:
        DegenerateClusters: a modality, or both together, have fewer than two labels.
    """

    step = step or stage.steps()[0]
    _, images = recipe.batch(step)
    streams = zip(
        *(
            _draw(share, images, stage, generator)
            for share in shares(step, labelling, modality, recipe)
        ),
        strict=True,
    )
    for pair, (visible,), (infrared,) in streams:
        yield np.concatenate([pair[0], visible]), np.concatenate([pair[1], infrared])


def _draw(
    share: Share, images: int, stage: StageConfig, generator: np.random.Generator
) -> Iterator[tuple[Int, ...]]:
    """Yield the images of one label space in each batch of an epoch."""
    if not share.labels:
        yield from repeat((np.empty(0, dtype=np.int64),) * len(share.groups), stage.iterations)
        return
    try:
        yield from label_batches(
            share.groups,
            labels=share.labels,
            images=images,
            iterations=stage.iterations,
            generator=generator,
        )
    except DegenerateClusters as error:
        raise DegenerateClusters(f"stage {stage.name}, {share.space} labels: {error}") from error


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
) -> Generator[RawBatch, None, None]:
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


def read_iterations(
    state: TrainingState, images: TrainingImages, recipe: Recipe, stage: StageConfig
) -> Generator[tuple[RawBatch, ...], None, None]:
    """Yield the batches of each iteration of an epoch that is not taken yet.

    Args:
        state: epoch, finished iterations and labels.
        images: the training images.
        recipe: batches and seed.
        stage: its steps.

    Yields:
        One batch for each step of the iteration.
    """
    steps = stage.steps()
    streams = []
    for number, step in enumerate(steps):
        which = [number] if number else []  # so that the first step draws as an only one does
        draws = seeds.generator(recipe.seed, "sampling", stage.name, state.epoch, *which)
        modality = images.modality
        streams.append(index_batches(stage, state.labelling, modality, recipe, draws, step))
    batches = (batch for iteration in zip(*streams, strict=True) for batch in iteration)
    left = islice(batches, state.step * len(steps), None)
    coming = read_ahead(images, left, pin=state.network.mean.is_cuda)
    with closing(coming):
        while found := tuple(islice(coming, len(steps))):
            yield found


def load_batch(
    batch: RawBatch, recipe: Recipe, *names: str | int, device: torch.device | str = "cpu"
) -> tuple[torch.Tensor, Batch, torch.Tensor]:
    """Augment one batch: visible, visible with exchanged channels, infrared.

    Args:
        batch: V visible images, each of which goes in twice, and R infrared ones.
        recipe: augmentation and seed.
        names: stage, epoch and step, which make the batch's randomness its own; the number of the
            step in its iteration after these, where it is not the first.
        device: where the batch goes, and is augmented.

    Returns:
        Pixels [2 V + R, 3, H, W] float32 in [0, 1], what the rows show, and their modalities
        [2 V + R] on the device.
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
    modality = np.zeros(len(indices), dtype=np.int64)
    modality[2 * len(batch.visible) :] = Modality.INFRARED
    rows = Batch(indices, modality, *(int(name) for name in names[1:3]))
    return torch.cat(parts), rows, torch.from_numpy(modality).to(device)
