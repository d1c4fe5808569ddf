"""The images that a report shows, embedded by the networks of a run."""

from dataclasses import dataclass

import numpy as np

from vireid.data import DataFolder
from vireid.observers import Progress
from vireid.ranking import Gallery
from vireid.runs import Run
from vireid.runs.embedder import Embedder
from vireid.types import Images, Int, Modality, Truth

TRAINING = 4000
"""Training images that are embedded, at most; more are thinned evenly."""
TESTED = 12_000
"""Test images that are embedded, at most; of more nothing is shown, as ranks among some of them
would be others."""
MAPPED = 200
"""Images of a modality on a map, at most."""


@dataclass(frozen=True)
class Shown:
    """Embedded images, and who is on them where that is known."""

    part: str
    """training or test."""
    gallery: Gallery
    """M images with their embeddings."""
    truth: Truth | None
    """Identities of the M; None where unknown."""
    whole: bool
    """Whether these are all images of the part."""


@dataclass(frozen=True)
class Embedded:
    """All that a report needs of the networks of a run."""

    stage: str
    """Of the last network."""
    train: Shown
    """Training images, by that network."""
    test: Shown | None
    """All test images, by that network; None where there are none, or too many."""
    maps: dict[str, Gallery]
    """Few images by each network, by the name of its stage."""
    mapped: str
    """Of which part those are."""


def embed_shown(
    run: Run, stages: list[str], data: DataFolder, *, device: str, progress: Progress
) -> Embedded:
    """Embed the images that a report shows.

    Args:
        run: the run.
        stages: whose networks it holds, at least one.
        data: training and test images.
        device: as for ``embed``.
        progress: shows how far it is.

    Returns:
        The embeddings. What is taken off them is what the run's recipe says.

    Raises:
        CheckpointError: a network is damaged.
        DataError: a test image cannot be read.
    """
    last = Embedder(run, stages[-1], device)
    test = None
    if 0 < len(data.test) <= TESTED:
        gallery = last.embed(data.test, train=data.train, progress=progress)
        test = Shown("test", gallery, data.test_truth, whole=True)
    with progress("embedding training images"):
        train = _readable(last, data.train, thinned(data.train.modality, TRAINING // 2))
    few = data.test if test is not None else data.train
    chosen = thinned(few.modality, MAPPED)
    maps = {}
    for stage in stages:
        with progress(f"embedding, {stage}"):
            embedder = last if stage == stages[-1] else Embedder(run, stage, device)
            maps[stage] = embedder.embed_readable(few.subset(chosen))[0]
    train_truth = data.train_truth
    rows, gallery = train
    return Embedded(
        stages[-1],
        Shown(
            "training",
            gallery,
            None if train_truth is None else train_truth.subset(rows),
            whole=len(rows) == len(data.train),
        ),
        test,
        maps,
        "training" if test is None else "test",
    )


def _readable(embedder: Embedder, images: Images, chosen: Int) -> tuple[Int, Gallery]:
    """Return which of the chosen images can be read, and their embeddings."""
    gallery, kept, _ = embedder.embed_readable(images.subset(chosen))
    return chosen[kept], gallery


def thinned(modality: Int, most: int) -> Int:
    """Choose evenly spaced images of each modality.

    Args:
        modality: [N] 0 visible, 1 infrared.
        most: images of a modality, at most.

    Returns:
        [M] which of the N, ascending.

    >>> thinned(np.array([0, 0, 0, 0, 1]), 2)
    array([0, 2, 4])
    """
    found = []
    for side in Modality:
        rows = np.flatnonzero(modality == side)
        count = min(len(rows), most)
        found.append(rows[np.arange(count) * len(rows) // max(1, count)])
    return np.sort(np.concatenate(found))
