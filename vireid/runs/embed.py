"""The verb: a run + images -> their embeddings."""

from pathlib import Path

from vireid.config.evaluation import CentreWord
from vireid.data.find_images import find_with_training
from vireid.errors import ConfigError
from vireid.observers import Progress, silent
from vireid.ranking import Gallery
from vireid.runs import Run
from vireid.runs.embedder import Embedder
from vireid.runs.leveling import LevelWords
from vireid.types import Images


def embed(
    run: Run | Path | str,
    images: Images | Path | str,
    *,
    modality: str | None = None,
    part: str = "all",
    fold: int | None = None,
    camera: str | None = None,
    stage: str | None = None,
    device: str = "auto",
    cache: Path | str | None = None,
    levels: LevelWords = None,
    centre: CentreWord = None,
    progress: Progress = silent,
) -> Gallery:
    """Embed images with the network of a run.

    Args:
        run: a run, its folder, or the file of a checkpoint.
        images: N images, or where they are: a data set as for ``open_data``, a plain folder or one
            image.
        modality: visible or infrared: what a plain folder or an image shows; a data set says it
            itself.
        part: all, train or test: which part of a data set.
        fold: which of the ten folds of a data set in RegDB's layout.
        camera: the name of the camera that took a plain folder or an image, where levels differ by
            camera; a data set says it itself.
        stage: after which stage, ``before`` or ``clearest``; the last finished one if not given.
        device: cpu, cuda, cuda:1 ...; auto takes a GPU if there is any.
        cache: folder for decoded images, or ``none`` for memory; memory for small data and the
            user's cache directory for other where not given.
        levels: what becomes black and white of images of more than 8 bits, as the words of
            ``--levels`` or ``Levels``; as in the training where not given. Queries take those of
            the gallery that they are compared with: ``levels=gallery.levels``.
        centre: what is taken off each embedding: the mean of its camera among the training images
            ("training"), which the run keeps, or among the very images that are embedded ("own"),
            nothing ("none"), or statistics; as the run's recipe says where not given. Queries take
            what was taken off their gallery: ``centre=gallery.statistics or "none"``.
        progress: shows how many images are read and embedded.

    Returns:
        The images, with the levels that their files were really scaled by, and their embeddings
        [N, D], rows of unit length; the fingerprint of the network; the settings by which the run
        labels; and the statistics that were taken off.

    Raises:
        DataError: an image cannot be read, or the path holds none.
        ConfigError: the modality is neither known nor given, or an option does not apply.
        CheckpointError: the run or the stage is missing or damaged, or keeps no statistics.
    """
    train: Images | None = None
    if not isinstance(images, Images):
        images, train = find_with_training(images, modality, part, fold=fold, camera=camera)
    elif part != "all" or (modality, fold, camera) != (None, None, None):
        raise ConfigError(
            "modality, part, fold and camera apply to paths; images say it themselves"
        )
    embedder = Embedder(run, stage, device)
    return embedder.embed(
        images, levels=levels, centre=centre, cache=cache, progress=progress, train=train
    )
