"""The verb: a run + images -> their embeddings."""

from pathlib import Path

from vireid.data.find_images import find_images
from vireid.errors import ConfigError
from vireid.models.extract import extract
from vireid.observers import Progress, silent
from vireid.ranking import Gallery
from vireid.runs import Run, load_network
from vireid.runs.leveling import LevelWords, levels_of, with_levels
from vireid.runs.machine import find_device
from vireid.runs.reading import read_all
from vireid.types import Images


def embed(
    run: Run | Path | str,
    images: Images | Path | str,
    *,
    modality: str | None = None,
    part: str = "all",
    fold: int | None = None,
    stage: str | None = None,
    device: str = "auto",
    cache: Path | str | None = None,
    levels: LevelWords = None,
    progress: Progress = silent,
) -> Gallery:
    """Embed images with the network of a run.

    Args:
        run: a run or its folder.
        images: N images, or where they are: a data set as for ``open_data``, a plain folder or one
            image.
        modality: visible or infrared: what a plain folder or an image shows; a data set says it
            itself.
        part: all, train or test: which part of a data set.
        fold: which of the ten folds of a data set in RegDB's layout.
        stage: after which stage, ``before`` or ``clearest``; the last finished one if not given.
        device: cpu, cuda, cuda:1 ...; auto takes a GPU if there is any.
        cache: folder for decoded images, or ``none`` for memory; memory for small data and the
            user's cache directory for other where not given.
        levels: what becomes black and white of images of more than 8 bits, as the words of
            ``--levels`` or ``Levels``; as in the training where not given.
        progress: shows how many images are read and embedded.

    Returns:
        The images with their embeddings [N, D], rows of unit length.

    Raises:
        DataError: an image cannot be read, or the path holds none.
        ConfigError: the modality is neither known nor given, or an option does not apply.
        CheckpointError: the run or the stage is missing or damaged.
    """
    run = run if isinstance(run, Run) else Run(Path(run))
    if not isinstance(images, Images):
        images = find_images(images, modality, part, fold=fold)
    elif modality is not None or part != "all" or fold is not None:
        raise ConfigError("modality, part and fold apply to paths; images say it themselves")
    images = with_levels(images, levels, levels_of(run))
    recipe = run.outline()
    network = load_network(run, stage).to(find_device(device))
    pixels = read_all(images, (recipe.height, recipe.width), cache, progress=progress)
    with progress("embedding") as tell:
        return Gallery(images, extract(network, pixels, images.modality, progress=tell))
