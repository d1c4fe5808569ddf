"""Labels -> batches: which images each of them shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vireid.config import Recipe, StageConfig, StepConfig
from vireid.errors import DegenerateClusters
from vireid.training.sampling import label_batches
from vireid.training.shares import Share, shares
from vireid.types import Int, Known, Labelling


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
    box: NDArray[np.float64] | None = None
    """[N, 4] left, top, width and height in the frame that an image was cut out of, in pixels, NaN
    where unknown; None where all are unknown."""
    resident: Any = None
    """[N, H, W, 3] the same pixels as a tensor on the training device, where they fit there."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the images."""
        shape = self.pixels.shape
        return shape[1], shape[2]

    def known(self) -> Known:
        """Return what is known of the images without looking at them."""
        return Known(self.modality, self.camera, self.track, self.time, self.box)


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
