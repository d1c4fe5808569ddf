"""Which test images are queries, which are their galleries, and which pairs are ignored.

Index arithmetic only: a protocol is a list of draws over the test images, and how ranks count.
"""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from vireid.errors import ConfigError, DataError
from vireid.scoring.draws import identity_camera_groups, take
from vireid.scoring.owners import Permutations
from vireid.scoring.protocol import NO_GROUP, Draw, Protocol, Stated, groups_of
from vireid.scoring.sides import (
    Direction,
    at_least_one,
    check_choice,
    checked_truth,
    drawn,
    literature,
    two_sides,
    with_galleries,
)
from vireid.types import SYSU_CAMERAS, Images, Modality, Truth

Mode = Literal["all", "indoor"]
"""Visible cameras of a SYSU-MM01 search: 1, 2, 4, 5 or the indoor ones 1, 2."""

CameraRule = Literal["symmetric", "literature"]
"""Whether cameras 2 and 3 of SYSU-MM01 ignore each other in both directions, as in the owners'
code, or queries of camera 3 alone ignore camera 2, as in the literature's."""

Roles = Literal["paper", "swapped"]
"""Whether all images of the queries' modality are queries, or LLCM's released code is followed."""

SYSU_VISIBLE: dict[Mode, tuple[int, ...]] = {
    "all": tuple(c for c, kind in SYSU_CAMERAS.items() if kind == Modality.VISIBLE),
    "indoor": (1, 2),
}
SYSU_INFRARED = tuple(c for c, kind in SYSU_CAMERAS.items() if kind == Modality.INFRARED)
SYSU_SAME_PLACE = (2, 3)
WHOLE_OTHER = "not drawn: all images of the other modality"


def sysu(
    images: Images,
    truth: Truth | ArrayLike,
    *,
    mode: Mode = "all",
    shots: int = 1,
    draws: int = 10,
    direction: Direction = "infrared-to-visible",
    gallery: Permutations | None = None,
    camera_rule: CameraRule = "symmetric",
) -> Protocol:
    """Return the protocol of SYSU-MM01 (Wu et al. 2017): the literature's draws or the owners'.

    Queries are all images of one modality, ordered by identity, camera and path. The gallery
    of draw t holds up to `shots` images of each identity and camera of the other modality,
    drawn by Python's generator with seed t, as the literature's code does, or the first of trial
    t + 1 in the owners' file. Cameras 2 and 3 share a place: a query of one ignores gallery images
    of the other. Ranks count identities.

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
        gallery: the owners' file, as of ``read_permutations``; the literature's draws if not
            given.
        camera_rule: "symmetric" lets queries of camera 2 ignore camera 3 too, as the owners' code
            does; "literature" does not, as the literature's, which matters from visible to
            infrared.

    Returns:
        The protocol with its draws; their queries are the same.

    Raises:
        DataError: where truth and images differ in length, a side has no image, or the owners'
            file does not fit the images.
        ConfigError: where an option is unknown, below 1 or more than the owners' trials.
    """
    check_choice("mode", mode, get_args(Mode))
    if shots < 1:
        raise ConfigError(f"shots is {shots}; expected at least 1")
    truth = checked_truth(images, truth)
    visible = identity_camera_groups(images, truth, Modality.VISIBLE, SYSU_VISIBLE[mode])
    infrared = identity_camera_groups(images, truth, Modality.INFRARED, SYSU_INFRARED)
    queries, galleries = two_sides((visible, infrared), direction)
    check_choice("camera_rule", camera_rule, get_args(CameraRule))
    one_way = camera_rule == "literature" and direction == "visible-to-infrared"
    if gallery is None:
        taken = drawn(galleries, shots, draws)
        stated, own = literature(draws), ""
    else:
        taken = [
            take(galleries, shots, trial, gallery, (images, truth))
            for trial in range(at_least_one(draws))
        ]
        stated, own = f"the owners', trials 1 to {draws} of {gallery.source}", ", owners' galleries"
    one, other = SYSU_SAME_PLACE
    place = np.where(images.camera == other, one, images.camera)
    name = f"SYSU-MM01 {mode}-search, {_shots(shots)}, {direction}{own}"
    return Protocol(
        name + ", literature's camera rule" * one_way,
        "identities",
        with_galleries(queries, taken, np.full_like(place, NO_GROUP) if one_way else place),
        len(images),
        Stated(stated, direction, _sysu_rule(direction, one_way)),
    )


def _sysu_rule(direction: Direction, one_way: bool) -> str:
    """Say what a query of SYSU-MM01 ignores."""
    if direction == "infrared-to-visible":
        return "camera 2 for queries of camera 3, which share a place"
    if one_way:
        return "nothing: the literature's code knows its rule for queries of camera 3 alone"
    return (
        "camera 3 for queries of camera 2, which share a place, as in the owners' code (the "
        "literature's ignores nothing here: --camera-rule literature)"
    )


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
    truth = checked_truth(images, truth)
    sides = [np.flatnonzero(images.modality == kind) for kind in Modality]
    for kind, side in zip(Modality, sides, strict=True):
        if not len(side):
            raise DataError(
                f"the test images hold no {kind.name.lower()} image; expected both modalities"
            )
    query, gallery = two_sides(sides, direction)
    stated = Stated(WHOLE_OTHER, direction)
    return Protocol(f"RegDB, {direction}", "images", (Draw(query, gallery),), len(images), stated)


def llcm(
    images: Images,
    truth: Truth | ArrayLike,
    *,
    draws: int = 10,
    direction: Direction = "visible-to-infrared",
    roles: Roles = "paper",
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
        roles: "swapped" does what the released code does from visible to infrared: the drawn
            infrared images are the queries, against all visible ones.

    Returns:
        The protocol with its draws; their queries are the same, unless roles are swapped.

    Raises:
        DataError: where truth and images differ in length, or a modality has no image.
        ConfigError: where an option is unknown, draws is below 1, or roles are swapped from
            infrared to visible.
    """
    truth = checked_truth(images, truth)
    sides = [identity_camera_groups(images, truth, kind) for kind in Modality]
    queries, galleries = two_sides(sides, direction)
    check_choice("roles", roles, get_args(Roles))
    swapped = roles == "swapped"
    if swapped and direction != "visible-to-infrared":
        raise ConfigError(
            "roles are swapped in the released code from visible to infrared; expected that "
            "direction, or leave --roles out"
        )
    group = groups_of(images.camera, truth.identities)
    found = with_galleries(queries, drawn(galleries, 1, draws), group)
    if swapped:
        found = tuple(_swapped(one) for one in found)
    return Protocol(
        f"LLCM, {direction}" + ", roles swapped as in the released code" * swapped,
        "identities",
        found,
        len(images),
        Stated(literature(draws), direction, "images of the query's identity and camera"),
    )


def _swapped(draw: Draw) -> Draw:
    """Return a draw whose gallery images are the queries."""
    return Draw(draw.gallery, draw.query, draw.gallery_group, draw.query_group)


def _shots(shots: int) -> str:
    return {1: "single-shot", 10: "multi-shot"}.get(shots, f"{shots}-shot")
