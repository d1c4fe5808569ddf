"""A training on a sample of its data, which its folder remembers."""

import logging
import warnings

import numpy as np

from vireid.data import DataFolder
from vireid.data.sample import left_with, sample_tracks
from vireid.errors import number_of
from vireid.runs.folder import Run
from vireid.seeds import generator
from vireid.types import Images, Int
from vireid.types.images import NO_TRACK

_log = logging.getLogger(__name__)


def kept_sample(told: dict[str, object]) -> tuple[int, int] | None:
    """Return of what sample a run's ``data.json`` tells.

    Args:
        told: what it says.

    Returns:
        Images asked for and the seed; None where all images are trained on.
    """
    found = told.get("sample")
    if not isinstance(found, list) or len(found) != 2:
        return None
    return (found[0], found[1]) if all(isinstance(one, int) for one in found) else None


def sampled(data: DataFolder, count: int | None, seed: int, goes_on: Run | None) -> DataFolder:
    """Leave a sample of the training images.

    Args:
        data: what was opened.
        count: images to leave, at most; where not given, as many as the run has that goes on, or
            all.
        seed: of the run, which draws them.
        goes_on: the run that is gone on with, if any.

    Returns:
        The data with fewer training images.

    Raises:
        ConfigError: the count is below 1.
    """
    kept = None if goes_on is None else kept_sample(goes_on.beside())
    if count is None:
        if kept is None:
            return data
        count = kept[0]
    some = sample_images(data.train, count, seed)
    if len(some) == len(data.train):
        return data
    left = left_with(data, some, (count, seed))
    if kept is None and (left.train.track is None or (left.train.track == NO_TRACK).all()):
        warnings.warn(
            "--sample: the data say no tracks, so that single images are drawn and few of each "
            "person are left; a manifest has a column track (docs/data.md)",
            stacklevel=3,
        )
    _log.info(f"a sample of {len(some):,} of {number_of(len(data.train), 'training image')}")
    return left


def sample_images(images: Images, count: int, seed: int) -> Int:
    """Draw a sample, by a seed alone.

    Args:
        images: N images.
        count: how many, at most.
        seed: of a run.

    Returns:
        [M] which images, ascending.

    Raises:
        ConfigError: the count is below 1.
    """
    return np.asarray(sample_tracks(images, count, generator(seed, "sample")))
