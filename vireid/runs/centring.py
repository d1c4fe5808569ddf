"""What the embeddings of each camera have in common: kept by a run, taken off embeddings."""

from dataclasses import replace
from pathlib import Path

from vireid.cluster import camera_statistics, centred
from vireid.config import Centre
from vireid.errors import CheckpointError, DataError
from vireid.runs.checkpoint import load_metadata
from vireid.runs.folder import Run
from vireid.types import Embeddings, Images, NamedStatistics
from vireid.types.named_statistics import StatisticsOf

KEPT_AS = "cameras"
"""Where a checkpoint keeps its statistics, as text: its tensors stay those of the network."""


def statistics_of(embeddings: Embeddings, images: Images, of: StatisticsOf) -> NamedStatistics:
    """Return what the embeddings of each camera have in common.

    Args:
        embeddings: [N, D] of the images; no identities are needed.
        images: N images.
        of: whose images these are.

    Returns:
        Mean, spread and number of images of each camera and each modality.
    """
    found = camera_statistics(embeddings.vectors, images.modality, images.camera, spread=True)
    return NamedStatistics.named(found, images, of)


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
        DataError: the statistics know a modality of the images not at all.
    """
    kept = statistics.numbered(images)
    rows = centred(embeddings.vectors, images.modality, images.camera, kept)
    return replace(embeddings, vectors=rows, resident=None)


def kept_statistics(model: Run | Path, stage: str) -> NamedStatistics:
    """Return the statistics of the training images that a checkpoint keeps.

    Args:
        model: a run, or the file of a checkpoint.
        stage: which stage of the run.

    Returns:
        The statistics.

    Raises:
        CheckpointError: the checkpoint is missing or damaged, or keeps none.
    """
    file = model.checkpoint_file(stage) if isinstance(model, Run) else model
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


def chosen_statistics(
    centre: Centre, model: Run | Path, stage: str, embeddings: Embeddings, images: Images
) -> NamedStatistics | None:
    """Return the statistics by which embeddings are to be centred.

    Args:
        centre: whose they are to be.
        model: a run, or the file of a checkpoint.
        stage: which stage of the run.
        embeddings: [N, D] of the images by that network.
        images: N images.

    Returns:
        The statistics; None where nothing is taken off.

    Raises:
        CheckpointError: as for ``kept_statistics``.
    """
    if centre == "training":
        return kept_statistics(model, stage)
    return statistics_of(embeddings, images, "own") if centre == "own" else None
