"""A sample of a large archive: whole tracks, evenly over modalities and cameras."""

from collections import defaultdict
from dataclasses import replace

import numpy as np

from vireid.data.folder import DataFolder
from vireid.errors import ConfigError
from vireid.types import Images, Int
from vireid.types.images import NO_TRACK


def sample_tracks(images: Images, count: int, generator: np.random.Generator) -> Int:
    """Choose images of an archive: whole tracks, in turn from whoever has given the fewest images.

    The modality with fewer images chosen comes next, and of it the camera with fewer images
    chosen; its next track in random order is taken if it fits into what is left, else passed over.
    A camera that has no more tracks leaves its share to the others.

    Args:
        images: N images. One without a track is a track by itself.
        count: images to choose, at most, at least 1.
        generator: draws the order of each camera's tracks.

    Returns:
        [M] which images, ascending, M <= count; all of them where N <= count.

    Raises:
        ConfigError: the count is below 1.
    """
    if count < 1:
        raise ConfigError(f"--sample {count}: expected at least 1 image")
    if len(images) <= count:
        return np.arange(len(images))
    waiting = _by_camera(images, generator)
    of_side: dict[int, int] = defaultdict(int)
    of_camera: dict[tuple[int, int], int] = defaultdict(int)
    chosen: list[Int] = []
    left = count
    while left and waiting:
        cell = min(waiting, key=lambda one: (of_side[one[0]], of_camera[one], one))
        track = waiting[cell].pop()
        if not waiting[cell]:
            del waiting[cell]
        if len(track) <= left:
            chosen.append(track)
            left -= len(track)
            of_side[cell[0]] += len(track)
            of_camera[cell] += len(track)
    return np.sort(np.concatenate(chosen)) if chosen else np.empty(0, dtype=np.int64)


def left_with(data: DataFolder, some: Int, sample: tuple[int, int]) -> DataFolder:
    """Leave a sample of the training images, with their identities where these are known.

    Args:
        data: N training images.
        some: [M] which of them stay.
        sample: images asked for and the seed, as the data then say.

    Returns:
        The data with M training images.
    """
    truth = None if data.train_truth is None else data.train_truth.subset(some)
    return replace(data, train=data.train.subset(some), train_truth=truth, sample=sample)


def _by_camera(images: Images, generator: np.random.Generator) -> dict[tuple[int, int], list[Int]]:
    """Return the tracks of each modality and camera, images of each, in random order."""
    none = np.full(len(images), NO_TRACK)
    track = none if images.track is None else images.track
    alone = np.where(track == NO_TRACK, np.arange(len(images)), -1)
    facts = np.stack([images.modality, images.camera, track, alone], axis=1)
    places, group = np.unique(facts, axis=0, return_inverse=True)
    order = np.argsort(group, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(group.ravel()))[:-1])
    found: dict[tuple[int, int], list[Int]] = defaultdict(list)
    for number in generator.permutation(len(places)).tolist():
        found[int(places[number, 0]), int(places[number, 1])].append(members[number])
    return dict(found)
