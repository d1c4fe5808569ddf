"""Where a run takes pixels from, and what it does about images that cannot be read."""

import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vireid.data import MAX_UNREADABLE, DataFolder, ReadImages, read_images
from vireid.data.pixels.contrast import Flat, find_flat
from vireid.data.pixels.decoding import Pixels
from vireid.data.pixels.place import MEMORY, cache_place
from vireid.errors import ConfigError, DataError, some
from vireid.observers import Progress, silent
from vireid.parallel.own_share import share
from vireid.runs.leveling import LevelWords
from vireid.types import Images

if TYPE_CHECKING:
    from vireid.training import TrainingImages

NOTABLE = 0.25
"""Share of nearly flat images of a modality from which on a warning is given."""
USELESS = 0.95
"""Share of nearly flat images of a modality from which on nobody trains."""
ADVICE = (
    "often values of more than 8 bits under the wrong range; see docs/data.md and set --levels, "
    "save them as grey where they are colours or have transparency, or look at the images"
)


@dataclass(frozen=True)
class Reading:
    """How a training reads its images."""

    cache: Path | str | None = None
    """A folder for packed images, `none` for memory; where not given, memory for small data and
    the user's cache directory for other."""
    max_unreadable: float = MAX_UNREADABLE
    """Share of the images, in [0, 1), that may be unreadable and is skipped."""
    levels: LevelWords = None
    """What becomes black and white of images of more than 8 bits."""

    def __post_init__(self) -> None:
        """Check the share."""
        if not 0 <= self.max_unreadable < 1:
            raise ConfigError(
                f"--max-unreadable {self.max_unreadable:g}: expected a share from 0 to below 1"
            )


def read_all(
    images: Images,
    size: tuple[int, int],
    cache: Path | str | None = None,
    *,
    progress: Progress = silent,
) -> Pixels:
    """Read images of which none may be missing, as for an evaluation.

    Args:
        images: N images.
        size: height and width, in pixels.
        cache: as in ``Reading``.
        progress: shows how many are read.

    Returns:
        [N, height, width, 3] pixels.

    Raises:
        DataError: an image cannot be read, or the cache cannot be written.
    """
    found = _read(images, size, cache, progress)
    if found.problems:
        raise DataError(f"{_count(images, found)} cannot be read; the first: {found.problems[0]}")
    _warn_of_flat(images, found.pixels)
    return found.pixels


def read_readable(
    images: Images, size: tuple[int, int], cache: Path | str | None = None
) -> ReadImages:
    """Read those images that can be read.

    Args:
        images: N images.
        size: height and width, in pixels.
        cache: as in ``Reading``.

    Returns:
        [M, height, width, 3] pixels of those that can be read, which they are, and why the others
        cannot.
    """
    return _read(images, size, cache, silent)


def read_training(
    data: DataFolder,
    size: tuple[int, int],
    reading: Reading,
    *,
    progress: Progress = silent,
) -> tuple[DataFolder, Pixels]:
    """Read training images, leaving out those that cannot be read while they are few.

    Args:
        data: N training images.
        size: height and width, in pixels.
        reading: the cache, and how many may be left out.
        progress: shows how many are read.

    Returns:
        The data without those images and their identities, and [M, height, width, 3] pixels of
        the M that are left.

    Raises:
        DataError: too many images cannot be read, or not the same ones in all processes, or a
            modality is empty without them, or the cache cannot be written.
    """
    from vireid.parallel import from_first
    from vireid.runs.claim import check_trainable

    found = _read(data.train, size, reading.cache, progress)
    skipped = np.setdiff1d(np.arange(len(data.train)), found.kept)
    names = [data.train.paths[index] for index in skipped]
    if from_first(names) != names:
        raise DataError("the processes do not read the same images; see that all reach the data")
    if not names:
        _refuse_flat(data.train, found.pixels)
        return data, found.pixels
    if len(names) > reading.max_unreadable * len(data.train):
        raise DataError(
            f"{_count(data.train, found)} cannot be read, more than --max-unreadable "
            f"{reading.max_unreadable:g} lets pass: {some(names)}; the first: {found.problems[0]}"
        )
    if share()[0] == 0:
        warnings.warn(
            f"{_count(data.train, found)} cannot be read and are left out: {some(names)}; "
            "`vireid check` says why",
            stacklevel=2,
        )
    truth = None if data.train_truth is None else data.train_truth.subset(found.kept)
    left = replace(data, train=data.train.subset(found.kept), train_truth=truth)
    check_trainable(left)
    _refuse_flat(left.train, found.pixels)
    return left, found.pixels


def _refuse_flat(images: Images, pixels: Pixels) -> None:
    """Refuse to train where nearly all images of a modality show nothing; warn of a share."""
    for flat in find_flat(pixels, images.modality):
        if flat.share >= USELESS:
            raise DataError(f"{_flat_words(flat)}; nothing can be learnt from them: {ADVICE}")
    _warn_of_flat(images, pixels)


def _warn_of_flat(images: Images, pixels: Pixels) -> None:
    """Warn where a share of a modality's images shows next to nothing."""
    for flat in find_flat(pixels, images.modality):
        if flat.share >= NOTABLE and share()[0] == 0:
            warnings.warn(f"{_flat_words(flat)}: {ADVICE}", stacklevel=3)


def _flat_words(flat: Flat) -> str:
    return (
        f"{flat.share:.0%} of the {flat.modality.name.lower()} images are nearly of one grey level "
        f"({flat.looked} were looked at)"
    )


def training_images(images: Images, pixels: Pixels) -> "TrainingImages":
    """Return images as a training takes them: without files, with what is known of them.

    Args:
        images: N images; camera 0 for all stands for unknown cameras.
        pixels: [N, height, width, 3] of them.

    Returns:
        Pixels, modalities and, where known, cameras, tracks, times and boxes.
    """
    from vireid.training import TrainingImages

    known = images.known()
    return TrainingImages(pixels, known.modality, known.camera, known.track, known.time, known.box)


def _count(images: Images, found: ReadImages) -> str:
    return f"{len(found.problems)} of {len(images)} images"


def _read(
    images: Images, size: tuple[int, int], cache: Path | str | None, progress: Progress
) -> ReadImages:
    """Read images; of several processes the first one packs them, the others open its file."""
    place = cache_place(len(images) * size[0] * size[1] * 3, cache)

    def read() -> ReadImages:
        with progress("reading images") as bar:
            return read_images(images, size, cache=place, progress=bar)

    def pack() -> None:
        read()

    try:
        if place is not None and share()[1] > 1:
            from vireid.parallel import on_first

            on_first(pack)
        return read()
    except DataError as error:
        raise DataError(f"{error}: --cache DIR, or --cache {MEMORY} for memory") from error
