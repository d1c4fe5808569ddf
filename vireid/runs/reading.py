"""Where commands take pixels from, and what they do about images that cannot be read."""

import argparse
import shlex
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vireid.cli.arguments import folder
from vireid.cli.display import progress
from vireid.data import MAX_UNREADABLE, DataFolder, ReadImages, default_cache, read_images
from vireid.data.pixels.images import Pixels
from vireid.errors import ConfigError, DataError, some
from vireid.parallel import from_first, on_first, share
from vireid.runs.claim import check_trainable
from vireid.types import Images

MEMORY = "none"
"""What --cache says for pixels in memory."""

SMALL = 64 << 20
"""Bytes of pixels below which the usual cache is not used: they are decoded in a second or two."""


@dataclass(frozen=True)
class Reading:
    """How a training reads its images."""

    cache: str | None = None
    """A folder for packed images, `none` for memory; where not given, memory for small data and
    the user's cache directory for other."""
    max_unreadable: float = MAX_UNREADABLE
    """Share of the images, in [0, 1), that may be unreadable and is skipped."""

    def __post_init__(self) -> None:
        """Check the share."""
        if not 0 <= self.max_unreadable < 1:
            raise ConfigError(
                f"--max-unreadable {self.max_unreadable:g}: expected a share from 0 to below 1"
            )

    def words(self) -> str:
        """Return the options that say the same, each after a blank."""
        cache = "" if self.cache is None else f" --cache {shlex.quote(self.cache)}"
        standard = self.max_unreadable == MAX_UNREADABLE
        return cache + ("" if standard else f" --max-unreadable {self.max_unreadable:g}")


def add_cache(target: argparse.ArgumentParser) -> None:
    """Add the option on where decoded images are kept.

    Args:
        target: the parser that gets it.
    """
    target.add_argument(
        "--cache",
        metavar="DIR",
        help=f"keep decoded images in a file in this folder, or, with `{MEMORY}`, in memory; "
        f"default: in memory below {SMALL >> 20} MB, else below the user's cache directory",
    )


def add_reading(target: argparse.ArgumentParser) -> None:
    """Add the options on how a training reads its images.

    Args:
        target: the parser that gets them.
    """
    add_cache(target)
    add_max_unreadable(target)


def add_max_unreadable(target: argparse.ArgumentParser) -> None:
    """Add the option on how many training images may be unreadable.

    Args:
        target: the parser that gets it.
    """
    target.add_argument(
        "--max-unreadable",
        type=float,
        default=MAX_UNREADABLE,
        metavar="SHARE",
        help="share of the training images that may be damaged or missing; they are left out "
        f"(default: {MAX_UNREADABLE:g})",
    )


def read_all(images: Images, size: tuple[int, int], cache: str | None = None) -> Pixels:
    """Read images of which none may be missing, as for an evaluation.

    Args:
        images: N images.
        size: height and width, in pixels.
        cache: as in ``Reading``.

    Returns:
        [N, height, width, 3] pixels.

    Raises:
        DataError: an image cannot be read, or the cache cannot be written.
    """
    found = _read(images, size, cache)
    if found.problems:
        raise DataError(f"{_count(images, found)} cannot be read; the first: {found.problems[0]}")
    return found.pixels


def read_training(
    data: DataFolder, size: tuple[int, int], reading: Reading
) -> tuple[DataFolder, Pixels]:
    """Read training images, leaving out those that cannot be read while they are few.

    Args:
        data: N training images.
        size: height and width, in pixels.
        reading: the cache, and how many may be left out.

    Returns:
        The data without those images and their identities, and [M, height, width, 3] pixels of
        the M that are left.

    Raises:
        DataError: too many images cannot be read, or not the same ones in all processes, or a
            modality is empty without them, or the cache cannot be written.
    """
    found = _read(data.train, size, reading.cache)
    skipped = np.setdiff1d(np.arange(len(data.train)), found.kept)
    names = [data.train.paths[index] for index in skipped]
    if from_first(names) != names:
        raise DataError("the processes do not read the same images; see that all reach the data")
    if not names:
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
    return left, found.pixels


def _count(images: Images, found: ReadImages) -> str:
    return f"{len(found.problems)} of {len(images)} images"


def _read(images: Images, size: tuple[int, int], cache: str | None) -> ReadImages:
    """Read images; of several processes the first one packs them, the others open its file."""
    place = _place(len(images) * size[0] * size[1] * 3, cache)

    def read() -> ReadImages:
        with progress("reading images") as bar:
            return read_images(images, size, cache=place, progress=bar)

    def pack() -> None:
        read()

    try:
        if place is not None and share()[1] > 1:
            on_first(pack)
        return read()
    except DataError as error:
        raise DataError(f"{error}: --cache DIR, or --cache {MEMORY} for memory") from error


def _place(needed: int, cache: str | None) -> Path | None:
    """Return the folder for packed images of so many bytes, or None for memory."""
    if cache == MEMORY or (cache is None and needed < SMALL):
        return None
    return default_cache() if cache is None else folder(cache)
