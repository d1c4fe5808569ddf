"""Which test images are queries, which are their galleries, and which pairs are ignored.

Index arithmetic only: a protocol is a list of draws over the test images, and how ranks count.
"""

from collections.abc import Sequence
from typing import Literal, TypeVar, get_args

import numpy as np
from numpy.typing import ArrayLike

from vireid.errors import ConfigError, DataError
from vireid.scoring.draws import draw, identity_camera_groups
from vireid.scoring.protocol import Draw, Protocol, pair_groups
from vireid.types import SYSU_CAMERAS, Images, Int, Modality, Truth

Mode = Literal["all", "indoor"]
"""Visible cameras of a SYSU-MM01 search: 1, 2, 4, 5 or the indoor ones 1, 2."""

Direction = Literal["infrared-to-visible", "visible-to-infrared"]
"""Modality of the queries, then of the gallery."""

Side = TypeVar("Side")

SYSU_VISIBLE: dict[Mode, tuple[int, ...]] = {
    "all": tuple(c for c, kind in SYSU_CAMERAS.items() if kind == Modality.VISIBLE),
    "indoor": (1, 2),
}
SYSU_INFRARED = tuple(c for c, kind in SYSU_CAMERAS.items() if kind == Modality.INFRARED)
SYSU_SAME_PLACE = (2, 3)


def sysu(
    images: Images,
    truth: Truth | ArrayLike,
    *,
    mode: Mode = "all",
    shots: int = 1,
    draws: int = 10,
    direction: Direction = "infrared-to-visible",
) -> Protocol:
    """Return the protocol of SYSU-MM01 (Wu et al. 2017), with the draws of the released code.

    Queries are all images of one modality, ordered by identity, camera and path. The gallery
    of draw t holds up to `shots` images of each identity and camera of the other modality,
    drawn by Python's generator with seed t. Cameras 2 and 3 share a place: a query of one
    ignores gallery images of the other. Ranks count identities.

    Args:
        images: M test images with the camera numbers of SYSU-MM01.
        truth: their M identities, also as an array.
        mode: "all" takes the visible cameras 1, 2, 4, 5, "indoor" 1, 2; the infrared cameras
            are 3 and 6 in both.
        shots: gallery images of each identity and camera, 1 and 10 in the literature; all
            where there are fewer.
        draws: number of draws, 10 in the literature.
        direction: "infrared-to-visible" is the standard. "visible-to-infrared" swaps the two
            sides: queries are all images of the mode's visible cameras, the gallery is drawn
            from cameras 3 and 6.

    Returns:
        The protocol with its draws; their queries are the same.

    Raises:
        DataError: where truth and images differ in length, or a side has no image.
        ConfigError: where an option is unknown or below 1.
    """
    _check_choice("mode", mode, get_args(Mode))
    if shots < 1:
        raise ConfigError(f"shots is {shots}; expected at least 1")
    truth = _checked_truth(images, truth)
    visible = identity_camera_groups(images, truth, Modality.VISIBLE, SYSU_VISIBLE[mode])
    infrared = identity_camera_groups(images, truth, Modality.INFRARED, SYSU_INFRARED)
    queries, galleries = _sides((visible, infrared), direction)
    one, other = SYSU_SAME_PLACE
    place = np.where(images.camera == other, one, images.camera)
    drawn = _with_drawn_galleries(queries, galleries, shots, draws, place)
    name = f"SYSU-MM01 {mode}-search, {_shots(shots)}, {direction}"
    return Protocol(name, "identities", drawn, len(images))


def regdb(
    images: Images, truth: Truth | ArrayLike, *, direction: Direction = "visible-to-infrared"
) -> Protocol:
    """Return the protocol of RegDB (Nguyen et al. 2017): one modality against the other.

    All images of one modality are queries, all of the other are the gallery, in the order of the
    images. Nothing is ignored, and ranks count images. The ten folds of the literature are ten
    parts of the data, each with a model of its own.

    Args:
        images: M test images of one fold.
        truth: their M identities, also as an array.
        direction: "visible-to-infrared" or "infrared-to-visible".

    Returns:
        The protocol with one draw.

    Raises:
        DataError: where truth and images differ in length, or a modality has no image.
        ConfigError: where the direction is unknown.
    """
    truth = _checked_truth(images, truth)
    sides = [np.flatnonzero(images.modality == kind) for kind in Modality]
    for kind, side in zip(Modality, sides, strict=True):
        if not len(side):
            raise DataError(
                f"the test images hold no {kind.name.lower()} image; expected both modalities"
            )
    query, gallery = _sides(sides, direction)
    return Protocol(f"RegDB, {direction}", "images", (Draw(query, gallery),), len(images))


def llcm(
    images: Images,
    truth: Truth | ArrayLike,
    *,
    draws: int = 10,
    direction: Direction = "visible-to-infrared",
) -> Protocol:
    """Return the protocol of LLCM (Zhang and Wang 2023), with the draws of the released code.

    Queries are all images of one modality, ordered by identity, camera and path. The gallery
    of draw t holds one image of each identity and camera of the other modality, drawn by Python's
    generator with seed t. A query ignores gallery images of its own identity and camera. Ranks
    count identities.

    Args:
        images: M test images; near-infrared ones of camera 3 are left out by the reader.
        truth: their M identities, also as an array.
        draws: number of draws, 10 in the literature.
        direction: "visible-to-infrared" or "infrared-to-visible".

    Returns:
        The protocol with its draws; their queries are the same.

    Raises:
        DataError: where truth and images differ in length, or a modality has no image.
        ConfigError: where the direction is unknown or draws is below 1.
    """
    truth = _checked_truth(images, truth)
    sides = [identity_camera_groups(images, truth, kind) for kind in Modality]
    queries, galleries = _sides(sides, direction)
    group = pair_groups(truth.identities, images.camera)
    drawn = _with_drawn_galleries(queries, galleries, 1, draws, group)
    return Protocol(f"LLCM, {direction}", "identities", drawn, len(images))


def plain(
    images: Images,
    truth: Truth | ArrayLike,
    roles: Sequence[str],
    *,
    exclude_same_camera: bool = False,
) -> Protocol:
    """Return the protocol of a manifest: every query against the whole gallery, once.

    Ranks count images.

    Args:
        images: M test images.
        truth: their M identities, also as an array.
        roles: M words, "query" or "gallery".
        exclude_same_camera: ignore gallery images with the query's identity and camera; an
            unknown camera, 0, is nobody's same camera.

    Returns:
        The protocol with one draw, queries and gallery in the order of the images.

    Raises:
        DataError: where lengths differ, a role is unknown, or queries or gallery are missing.
    """
    truth = _checked_truth(images, truth)
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
    if not exclude_same_camera:
        return Protocol("query against gallery", "images", (Draw(query, gallery),), len(images))
    group = pair_groups(truth.identities, images.camera)
    only = Draw(query, gallery, group[query], group[gallery])
    return Protocol("query against gallery, other cameras", "images", (only,), len(images))


def _with_drawn_galleries(
    queries: list[Int], galleries: list[Int], shots: int, draws: int, group: Int
) -> tuple[Draw, ...]:
    """Return draws with all queries and drawn galleries; ``group`` [M] is of all test images."""
    if draws < 1:
        raise ConfigError(f"draws is {draws}; expected at least 1")
    query = np.concatenate(queries)
    drawn = (draw(galleries, shots, seed) for seed in range(draws))
    return tuple(Draw(query, gallery, group[query], group[gallery]) for gallery in drawn)


def _sides(sides: Sequence[Side], direction: Direction) -> tuple[Side, Side]:
    """Return the queries' side, then the gallery's, of the visible and the infrared one."""
    _check_choice("direction", direction, get_args(Direction))
    visible, infrared = sides
    return (infrared, visible) if direction == "infrared-to-visible" else (visible, infrared)


def _shots(shots: int) -> str:
    return {1: "single-shot", 10: "multi-shot"}.get(shots, f"{shots}-shot")


def _checked_truth(images: Images, truth: Truth | ArrayLike) -> Truth:
    """Return the identities as a value, one for each image."""
    known = truth if isinstance(truth, Truth) else Truth(np.asarray(truth))
    if len(known) != len(images):
        raise DataError(f"{len(known)} identities for {len(images)} images; expected one for each")
    return known


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigError(f"{name} is {value!r}; expected {' or '.join(choices)}")
