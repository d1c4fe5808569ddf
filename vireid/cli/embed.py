"""`vireid embed`: a run + images -> an npz file of embeddings."""

import argparse
from pathlib import Path

import numpy as np

from vireid.cli.arguments import add_machine, add_trial, folder, parser, use_machine
from vireid.cli.display import console, progress
from vireid.data import has_layout, open_data
from vireid.data.folder import is_image, list_images
from vireid.errors import ConfigError, DataError, number_of
from vireid.models.extract import extract
from vireid.ranking import Gallery, save_gallery
from vireid.runs import Run, load_network
from vireid.runs.reading import MEMORY, add_cache, read_all
from vireid.types import Images, Modality

MODALITIES = tuple(modality.name.lower() for modality in Modality)


def run(words: list[str]) -> None:
    """Parse the words after `vireid embed` and embed.

    Args:
        words: the command line.
    """
    command = parser(
        "embed",
        "Turn images into embeddings: an npz file with vectors [N, D], modality, camera, paths.",
        "examples:\n"
        "  vireid embed runs/first DATA --out data.npz --part test\n"
        "  vireid embed runs/first crops/night --modality infrared --out night.npz",
    )
    command.add_argument("run", type=folder, help="a run folder written by `vireid train`")
    command.add_argument("images", type=folder, help="data as for training, a folder or an image")
    command.add_argument("--out", type=folder, required=True, help="the npz file to write")
    add_images(command)
    add_trial(command)
    add_cache(command)
    add_machine(command)
    arguments = command.parse_args(words)
    if arguments.out.suffix != ".npz":
        raise ConfigError(f"--out {arguments.out}: expected a name that ends in .npz")
    device = use_machine(arguments)
    place = arguments.images.absolute()
    images = find_images(place, arguments.modality, arguments.part, trial=arguments.trial)
    gallery = embed(Run(arguments.run), images, device=device, cache=arguments.cache)
    save_gallery(gallery, arguments.out)
    count, size = gallery.embeddings.vectors.shape
    console.print(f"{number_of(count, 'image')}, {size} dimensions: {arguments.out}")


def add_images(command: argparse.ArgumentParser) -> None:
    """Add the options on which images are meant.

    Args:
        command: the parser that gets them.
    """
    command.add_argument(
        "--modality",
        choices=MODALITIES,
        help="what a plain folder or a single image shows; data sets say it themselves",
    )
    command.add_argument(
        "--part",
        choices=("all", "train", "test"),
        default="all",
        help="which part of a data set (default: all)",
    )


def find_images(
    path: Path, modality: str | None, part: str = "all", *, trial: int | None = None
) -> Images:
    """Return the images that a path stands for.

    Args:
        path: a data set, a plain folder or one image.
        modality: visible or infrared, for what is no data set.
        part: all, train or test, for a data set.
        trial: which split, for a data set in RegDB's layout.

    Returns:
        The images.

    Raises:
        DataError: the path does not exist or holds no image.
        ConfigError: the modality is neither known nor given, is given for a data set, or a part
            does not apply.
    """
    if not path.exists():
        raise DataError(f"{path} does not exist; expected an image, a folder or a manifest")
    if modality is None:
        if path.is_file() and is_image(path.name):
            raise ConfigError(f"{path} is an image; say --modality visible or infrared")
        try:
            data = open_data(path, trial=trial)
        except DataError as error:
            raise ConfigError(
                f"{error}; for a plain folder say --modality visible or infrared"
            ) from error
        images = _part(data.train, data.test, part)
        if not len(images):
            raise DataError(f"{path} holds no {part} images; choose another --part")
        return images
    if part != "all" or trial is not None:
        option = "--part" if part != "all" else "--trial"
        raise ConfigError(f"{option} applies to data sets, which need no --modality; leave one out")
    if path.is_dir() and has_layout(path):
        raise ConfigError(f"{path} is a data set, which knows its modalities; omit --modality")
    root, paths = (path.parent, [path.name]) if path.is_file() else (path, list_images(path))
    kind = np.full(len(paths), MODALITIES.index(modality))
    return Images(root, tuple(paths), kind, np.zeros_like(kind))


def _part(train: Images, test: Images, part: str) -> Images:
    """Return one part of a data set, or both together."""
    if part != "all":
        return train if part == "train" else test
    return Images(
        train.root,
        train.paths + test.paths,
        np.concatenate([train.modality, test.modality]),
        np.concatenate([train.camera, test.camera]),
    )


def embed(run: Run, images: Images, *, device: str = "cpu", cache: str | None = MEMORY) -> Gallery:
    """Embed images with the last stage of a run.

    Args:
        run: the run.
        images: N images.
        device: where to compute.
        cache: where decoded images are kept, as in ``Reading``.

    Returns:
        The images with their embeddings.
    """
    recipe = run.recipe()
    network = load_network(run).to(device)
    pixels = read_all(images, (recipe.height, recipe.width), cache)
    with progress("embedding") as bar:
        return Gallery(images, extract(network, pixels, images.modality, progress=bar))
