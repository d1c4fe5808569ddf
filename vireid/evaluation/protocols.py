"""Which test images are queries, which are their galleries, and which pairs are ignored.

Index arithmetic only: a protocol is a list of trials over the test images, and how ranks count.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from vireid.errors import ConfigError, DataError
from vireid.metrics import Count
from vireid.types import SYSU_CAMERAS, Bool, Images, Int, Modality, Truth

Mode = Literal["all", "indoor"]
"""Visible cameras of a SYSU-MM01 search: 1, 2, 4, 5 or the indoor ones 1, 2."""

Direction = Literal["infrared-to-visible", "visible-to-infrared"]
"""Modality of the queries, then of the gallery."""

SYSU_VISIBLE: dict[Mode, tuple[int, ...]] = {
    "all": tuple(c for c, kind in SYSU_CAMERAS.items() if kind == Modality.VISIBLE),
    "indoor": (1, 2),
}
SYSU_INFRARED = tuple(c for c, kind in SYSU_CAMERAS.items() if kind == Modality.INFRARED)
SYSU_SAME_PLACE = (2, 3)


@dataclass(frozen=True)
class Trial:
    """One draw of queries and gallery from the test images."""

    query: Int
    """[Q] indices into the test images."""
    gallery: Int
    """[G] indices into the test images."""
    ignore: Bool | None = None
    """[Q, G] true where a gallery image is no part of a query's gallery; None for nowhere."""

    def __post_init__(self) -> None:
        """Check the shapes and freeze the arrays."""
        shape = (len(self.query), len(self.gallery))
        if self.ignore is not None and self.ignore.shape != shape:
            raise DataError(f"ignore has shape {self.ignore.shape}; expected {shape}")
        for name, array in vars(self).copy().items():
            if array is not None:
                view = array.view()
                view.setflags(write=False)
                object.__setattr__(self, name, view)


@dataclass(frozen=True)
class Protocol:
    """A way to evaluate: its trials, whose scores are averaged, and how ranks count."""

    name: str
    """What reports call it."""
    count: Count
    """What a rank of the CMC curve counts."""
    trials: tuple[Trial, ...]
    """The draws, at least one."""


def sysu(
    images: Images,
    truth: Truth,
    *,
    mode: Mode = "all",
    shots: int = 1,
    trials: int = 10,
    direction: Direction = "infrared-to-visible",
) -> Protocol:
    """Return the protocol of SYSU-MM01 (Wu et al. 2017), with the draws of the released code.

    Queries are all images of one modality, ordered by identity, camera and path. The gallery
    of trial t holds up to `shots` images of each identity and camera of the other modality,
    drawn by Python's generator with seed t. Cameras 2 and 3 share a place: a query of one
    ignores gallery images of the other. Ranks count identities.

    Args:
        images: M test images with the camera numbers of SYSU-MM01.
        truth: their M identities.
        mode: "all" takes the visible cameras 1, 2, 4, 5, "indoor" 1, 2; the infrared cameras
            are 3 and 6 in both.
        shots: gallery images of each identity and camera, 1 and 10 in the literature; all
            where there are fewer.
        trials: number of draws, 10 in the literature.
        direction: "infrared-to-visible" is the standard. "visible-to-infrared" swaps the two
            sides: queries are all images of the mode's visible cameras, the gallery is drawn
            from cameras 3 and 6.

    Returns:
        The protocol with its trials; their queries are the same.

    Raises:
        DataError: where truth and images differ in length, or a side has no image.
        ConfigError: where an option is unknown or below 1.
    """
    _check_choice("mode", mode, get_args(Mode))
    _check_choice("direction", direction, get_args(Direction))
    if shots < 1 or trials < 1:
        raise ConfigError(f"shots is {shots} and trials {trials}; expected at least 1 of each")
    _check_truth(images, truth)
    visible = _groups(images, truth, Modality.VISIBLE, SYSU_VISIBLE[mode])
    infrared = _groups(images, truth, Modality.INFRARED, SYSU_INFRARED)
    from_infrared = direction == "infrared-to-visible"
    queries, galleries = (infrared, visible) if from_infrared else (visible, infrared)
    query = np.concatenate(queries)
    camera = images.camera

    def trial(seed: int) -> Trial:
        gallery = np.array(list(_draw(galleries, shots, seed)), dtype=np.int64)
        first, second = SYSU_SAME_PLACE
        ignore = np.logical_or(
            np.logical_and.outer(camera[query] == first, camera[gallery] == second),
            np.logical_and.outer(camera[query] == second, camera[gallery] == first),
        )
        return Trial(query, gallery, ignore if ignore.any() else None)

    name = f"SYSU-MM01 {mode}-search, {_shots(shots)}, {direction}"
    return Protocol(name, "identities", tuple(trial(seed) for seed in range(trials)))


def plain(
    images: Images,
    truth: Truth,
    roles: Sequence[str],
    *,
    exclude_same_camera: bool = False,
) -> Protocol:
    """Return the protocol of a manifest: every query against the whole gallery, once.

    Ranks count images.

    Args:
        images: M test images.
        truth: their M identities.
        roles: M words, "query" or "gallery".
        exclude_same_camera: ignore gallery images with the query's identity and camera; an
            unknown camera, 0, is nobody's same camera.

    Returns:
        The protocol with one trial, queries and gallery in the order of the images.

    Raises:
        DataError: where lengths differ, a role is unknown, or queries or gallery are missing.
    """
    _check_truth(images, truth)
    if len(roles) != len(images):
        raise DataError(f"{len(roles)} roles for {len(images)} images; expected one for each")
    unknown = sorted(set(roles) - {"query", "gallery"})
    if unknown:
        raise DataError(f"role {unknown[0]!r} is unknown; expected query or gallery")
    words = np.array(roles, dtype=np.str_)
    query, gallery = np.flatnonzero(words == "query"), np.flatnonzero(words == "gallery")
    if not len(query) or not len(gallery):
        raise DataError(
            f"{len(query)} query and {len(gallery)} gallery images; expected some of both"
        )
    ignore = None
    if exclude_same_camera:
        camera, identity = images.camera, truth.identities
        ignore = (camera[query][:, None] == camera[gallery]) & (camera[query][:, None] != 0)
        ignore &= identity[query][:, None] == identity[gallery]
    name = "query against gallery" + (", other cameras" if exclude_same_camera else "")
    return Protocol(name, "images", (Trial(query, gallery, ignore),))


def _groups(
    images: Images, truth: Truth, modality: Modality, cameras: tuple[int, ...]
) -> list[Int]:
    """Return indices by path of each identity and camera, identities ascending."""
    chosen = np.flatnonzero((images.modality == modality) & np.isin(images.camera, cameras))
    if not len(chosen):
        raise DataError(
            f"the test images hold no {modality.name.lower()} image of the cameras "
            f"{', '.join(map(str, cameras))}; expected the cameras of SYSU-MM01"
        )
    keys = [(int(truth.identities[i]), int(images.camera[i]), images.paths[i]) for i in chosen]
    order = sorted(range(len(chosen)), key=keys.__getitem__)
    sorted_keys = np.array([keys[i][:2] for i in order])
    cuts = np.flatnonzero(np.any(sorted_keys[1:] != sorted_keys[:-1], axis=1)) + 1
    return np.split(chosen[order], cuts)


def _draw(groups: list[Int], shots: int, seed: int) -> Iterator[int]:
    """Yield up to that many members of each group."""
    generator = random.Random(seed)
    for group in groups:
        yield from generator.sample(group.tolist(), min(shots, len(group)))


def _shots(shots: int) -> str:
    return {1: "single-shot", 10: "multi-shot"}.get(shots, f"{shots}-shot")


def _check_truth(images: Images, truth: Truth) -> None:
    if len(truth) != len(images):
        raise DataError(f"{len(truth)} identities for {len(images)} images; expected one for each")


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigError(f"{name} is {value!r}; expected {' or '.join(choices)}")
