"""Galleries drawn from the images of each identity and camera, as released codes and owners do."""

import random

import numpy as np

from vireid.errors import DataError
from vireid.scoring.owners import Permutations
from vireid.types import Images, Int, Modality, Truth


def identity_camera_groups(
    images: Images, truth: Truth, modality: Modality, cameras: tuple[int, ...] | None = None
) -> list[Int]:
    """Gather the images of each identity and camera.

    Args:
        images: M test images.
        truth: their M identities.
        modality: which side.
        cameras: of which cameras; all if not given.

    Returns:
        Indices of the images of each pair by path; pairs in the order of identity, then camera.

    Raises:
        DataError: there is no such image.
    """
    wanted = images.modality == modality
    if cameras is not None:
        wanted &= np.isin(images.camera, cameras)
    chosen = np.flatnonzero(wanted)
    if not len(chosen):
        which = "" if cameras is None else f" of the cameras {', '.join(map(str, cameras))}"
        raise DataError(
            f"the test images hold no {modality.name.lower()} image{which}; expected both "
            "modalities, with the cameras of the protocol"
        )
    keys = [(int(truth.identities[i]), int(images.camera[i]), images.paths[i]) for i in chosen]
    order = sorted(range(len(chosen)), key=keys.__getitem__)
    pairs = np.array([keys[i][:2] for i in order])
    cuts = np.flatnonzero(np.any(pairs[1:] != pairs[:-1], axis=1)) + 1
    return np.split(chosen[order], cuts)


def draw(groups: list[Int], shots: int, seed: int) -> Int:
    """Draw some members of each group.

    Args:
        groups: indices of the members of each.
        shots: how many; all where there are fewer.
        seed: of Python's generator, which is left alone otherwise.

    Returns:
        The drawn indices, group by group, in the order drawn.

    >>> draw([np.arange(5), np.array([7])], 2, seed=0).tolist()
    [3, 4, 7]
    """
    generator = random.Random(seed)
    drawn = [generator.sample(group.tolist(), min(shots, len(group))) for group in groups]
    return np.array([index for chosen in drawn for index in chosen], dtype=np.int64)


def take(
    groups: list[Int],
    shots: int,
    trial: int,
    permutations: Permutations,
    people: tuple[Images, Truth],
) -> Int:
    """Take the members of each group that the owners of SYSU-MM01 have drawn.

    Args:
        groups: indices of the members of each, which share identity and camera.
        shots: how many; all where there are fewer.
        trial: which of the owners' trials, from 0.
        permutations: of their file.
        people: the test images and their identities.

    Returns:
        The indices, group by group, in the owners' order.

    Raises:
        DataError: the file does not fit the images.
        ConfigError: it has fewer trials.
    """
    images, truth = people
    chosen = []
    for group in groups:
        camera, identity = int(images.camera[group[0]]), int(truth.identities[group[0]])
        order = permutations.order(camera, identity, len(group), trial)
        chosen.append(group[order[:shots]])
    return np.concatenate(chosen)
