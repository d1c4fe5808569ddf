"""What the embeddings of each camera have in common: kept by a run, taken off embeddings."""

import logging
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from vireid.cluster import camera_statistics, centred
from vireid.errors import CheckpointError, DataError, some
from vireid.runs.centring_data import data_of, other_cameras_words
from vireid.runs.checkpoint_head import load_metadata
from vireid.types import Embeddings, Images, Modality, NamedStatistics, StatisticsData
from vireid.types.named_statistics import StatisticsOf

_log = logging.getLogger(__name__)

KEPT_AS = "cameras"
"""Where a checkpoint keeps its statistics, as text: its tensors stay those of the network."""


def statistics_of(
    embeddings: Embeddings, images: Images, of: StatisticsOf, data: StatisticsData | None = None
) -> NamedStatistics:
    """Return what the embeddings of each camera have in common.

    Args:
        embeddings: [N, D] of the images; no identities are needed.
        images: N images.
        of: whose images these are.
        data: by what these images are told from others; found out where not given.

    Returns:
        Mean, spread and number of images of each camera and each modality.
    """
    found = camera_statistics(embeddings.vectors, images.modality, images.camera, spread=True)
    return NamedStatistics.named(found, images, of, data or data_of(images))


def without_cameras(
    embeddings: Embeddings, images: Images, statistics: NamedStatistics
) -> Embeddings:
    """Take off each embedding what those of its camera have in common.

    Args:
        embeddings: [N, D] of the images.
        images: N images, whose cameras are found by their names.
        statistics: of the same network.

    Returns:
        Embeddings of unit length again; that of a camera without statistics, or of an unknown one,
        is without what its modality has in common.

    Raises:
        DataError: the statistics are of another size, or know a modality of the images not at all.
    """
    sizes = embeddings.vectors.shape[1], statistics.mean.shape[1]
    if sizes[0] != sizes[1]:
        raise DataError(
            f"embeddings have {sizes[0]} dimensions and the statistics of cameras {sizes[1]}; "
            "expected those of the same network"
        )
    for kind in np.setdiff1d(images.modality, statistics.modality).tolist():
        raise DataError(
            f"nothing can be taken off {Modality(kind).name.lower()} images: what was taken off "
            f"others is of {statistics.words}, none of which are of that modality; centre all of "
            "them by the training's statistics (--centre training), by those of images of both "
            "modalities (search: a gallery without --only), or none (--centre none)"
        )
    kept = statistics.numbered(images)
    rows = centred(embeddings.vectors, images.modality, images.camera, kept)
    return replace(embeddings, vectors=rows, resident=None)


def kept_statistics(file: Path) -> NamedStatistics:
    """Return the statistics of the training images that a checkpoint keeps.

    Args:
        file: the checkpoint.

    Returns:
        The statistics.

    Raises:
        CheckpointError: the checkpoint is missing or damaged, or keeps none.
    """
    text = load_metadata(file).get(KEPT_AS)
    if text is None:
        raise CheckpointError(
            f"{file} keeps no statistics of cameras: it was trained by an earlier version, or on "
            "images whose cameras are unknown; say --centre own or none, or train anew with cameras"
        )
    try:
        return NamedStatistics.from_json(text)
    except DataError as error:
        raise CheckpointError(f"{file}: {error}; say --centre own or none") from error


def training_statistics(files: Mapping[str, Path], *, asked: bool) -> dict[str, NamedStatistics]:
    """Return the statistics of the training images that several checkpoints keep.

    Args:
        files: checkpoints by name.
        asked: whether the user asks for them; else the recipe does.

    Returns:
        Statistics by name; none at all, which is said, where a recipe asks for what a checkpoint
        does not keep, as no camera was known in the training.

    Raises:
        CheckpointError: as for ``kept_statistics``, where the user asks.
    """
    try:
        return {name: kept_statistics(file) for name, file in files.items()}
    except CheckpointError as error:
        if asked:
            raise
        _log.warning("nothing is taken off embeddings, though the recipe says so: %s", error)
        return {}


def warn_of_others(
    statistics: NamedStatistics, images: Images, train: Images | None = None
) -> None:
    """Warn of images whose camera has no statistics of its own, or perhaps those of another one.

    Args:
        statistics: of cameras.
        images: N images, off whose embeddings they were taken.
        train: the training images of the same data, where known.
    """
    if line := other_cameras_words(statistics, images, train):
        warnings.warn(line, stacklevel=3)
    if line := unseen_words(statistics, images):
        unknown = "; say --camera NAME where you know it" * ("unknown camera" in line)
        warnings.warn(f"{line}{unknown}", stacklevel=3)


def unseen_words(statistics: NamedStatistics, images: Images) -> str | None:
    """Say which images have no statistics of their camera.

    Args:
        statistics: of cameras.
        images: N images, off whose embeddings they were taken.

    Returns:
        A line; None where there are none such.
    """
    found = statistics.unseen(images)
    if not found:
        return None
    return (
        f"there are no statistics of {some(found)}: the mean of their modality was taken off "
        "instead"
    )
