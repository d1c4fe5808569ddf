"""The verb: a run + images -> their embeddings."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

from vireid.config.evaluation import CentreWord, check_centre
from vireid.data.find_images import find_with_training
from vireid.data.pixels.spans import used_levels
from vireid.errors import ConfigError
from vireid.models.extract import extract
from vireid.observers import Progress, silent
from vireid.ranking import Gallery
from vireid.runs import Run
from vireid.runs.carried import carried_settings
from vireid.runs.centring import (
    statistics_of,
    training_statistics,
    warn_of_others,
    without_cameras,
)
from vireid.runs.fingerprints import centred_fingerprint, network_fingerprint
from vireid.runs.leveling import LevelWords, with_levels
from vireid.runs.machine import find_device
from vireid.runs.networks import Weights, open_network
from vireid.runs.reading import read_all
from vireid.types import Images, NamedStatistics


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
    found = open_network(run, stage)
    images, given = with_levels(images, levels, found.levels), _chosen(centre, found)
    size = (found.recipe.height, found.recipe.width)
    network = found.network.to(find_device(device))
    pixels = read_all(images, size, cache, progress=progress)
    with progress("embedding") as tell:
        embeddings = extract(network, pixels, images.modality, progress=tell)
    statistics = statistics_of(embeddings, images, "own") if given == "own" else given
    if statistics is not None:
        embeddings = without_cameras(embeddings, images, statistics)
        warn_of_others(statistics, images, train)
    where = run.folder if isinstance(run, Run) else run
    made = network_fingerprint(network.state_dict(), size, found.levels)
    return Gallery(
        replace(images, levels=used_levels(images)),
        embeddings,
        centred_fingerprint(made, statistics),
        f"{where}, stage {found.stage}, {size[0]}x{size[1]}",
        carried_settings(found.text, f"the recipe of {where}"),
        statistics,
    )


def _chosen(centre: CentreWord, found: Weights) -> NamedStatistics | Literal["own"] | None:
    """Return the statistics that are taken off, ``own`` where they are still to be made."""
    if isinstance(centre, NamedStatistics):
        return centre
    word = found.recipe.centre if centre is None else check_centre(centre)
    if word != "training":
        return "own" if word == "own" else None
    return training_statistics({"": found.file}, asked=centre is not None).get("")
