"""Protocols of a user's own images: query against gallery, and every image against all others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from vireid.errors import DataError, number_of
from vireid.scoring.protocol import Draw, Protocol, Stated, groups_of
from vireid.scoring.sides import check_choice, checked_truth
from vireid.types import Images, Int, Truth

Ignore = Literal["own-camera", "own-modality", "nothing"]
"""Which gallery images a query ignores: those of its identity, modality and camera, all of its
modality, or none. It never finds itself."""

ANY_MODALITY = "whatever the modality of query and gallery"
ROLES = ("query", "gallery", "both")


@dataclass(frozen=True)
class _Rule:
    """What queries ignore, as groups and in words."""

    group: Int | None
    name: str
    words: str
    advice: str = "check the identities and the split"
    by_camera: bool = False


def plain(
    images: Images,
    truth: Truth | ArrayLike,
    roles: Sequence[str],
    *,
    ignore: Ignore = "own-camera",
) -> Protocol:
    """Return the protocol of a manifest: every query against the whole gallery, once.

    Ranks count images. An image that is both never finds itself.

    Args:
        images: M test images.
        truth: their M identities, also as an array.
        roles: M words, "query", "gallery" or "both".
        ignore: which gallery images a query ignores. "own-camera", the field's rule: those of its
            identity, modality and camera; an unknown camera, 0, is nobody's own. "own-modality":
            all of its modality. "nothing".

    Returns:
        The protocol with one draw, queries and gallery in the order of the images.

    Raises:
        DataError: where lengths differ, a role is unknown, or queries or gallery are missing.
        ConfigError: where ``ignore`` is unknown.
    """
    truth = checked_truth(images, truth)
    if len(roles) != len(images):
        raise DataError(f"{len(roles)} roles for {len(images)} images; expected one for each")
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise DataError(f"role {unknown[0]!r} is unknown; expected query, gallery or both")
    words = np.array(roles, dtype=np.str_)
    query, gallery = (np.flatnonzero((words == one) | (words == "both")) for one in ROLES[:2])
    if not len(query) or not len(gallery):
        raise DataError(
            f"{len(query)} query and {len(gallery)} gallery images; expected some of both"
        )
    whose = "not drawn: all images that are marked as gallery"
    return _protocol("query against gallery", whose, (images, truth), (query, gallery), ignore)


def leave_one_out(
    images: Images, truth: Truth | ArrayLike, *, ignore: Ignore = "own-camera"
) -> Protocol:
    """Return the protocol in which every image is a query, against all others.

    Ranks count images.

    Args:
        images: M test images of any layout.
        truth: their M identities, also as an array.
        ignore: which images a query ignores in addition to itself, as for ``plain``.

    Returns:
        The protocol with one draw.

    Raises:
        DataError: where lengths differ, or there are fewer than two images.
        ConfigError: where ``ignore`` is unknown.
    """
    truth = checked_truth(images, truth)
    if len(images) < 2:
        raise DataError(f"{number_of(len(images), 'test image')}; expected at least two")
    every = np.arange(len(images))
    whose = "not drawn: all other test images"
    return _protocol("leave-one-out", whose, (images, truth), (every, every), ignore)


def _protocol(
    name: str, whose: str, people: tuple[Images, Truth], sides: tuple[Int, Int], ignore: Ignore
) -> Protocol:
    """Return the protocol of queries and a gallery under a rule."""
    check_choice("ignore", ignore, get_args(Ignore))
    images, truth = people
    query, gallery = sides
    rule = _rule(images, truth, np.union1d(query, gallery), ignore)
    groups = (None, None) if rule.group is None else (rule.group[query], rule.group[gallery])
    return Protocol(
        f"{name}, {rule.name}",
        "images",
        (Draw(query, gallery, *groups),),
        len(images),
        Stated(
            whose,
            "each modality against the other" if ignore == "own-modality" else ANY_MODALITY,
            rule.words,
            rule.advice,
            rule.by_camera,
        ),
    )


def _rule(images: Images, truth: Truth, used: Int, ignore: Ignore) -> _Rule:
    """Return what the queries among some images ignore."""
    if ignore == "nothing":
        return _Rule(None, "nothing ignored", "nothing (--ignore nothing)")
    if ignore == "own-modality":
        words = "all images of the query's modality (--ignore own-modality)"
        advice = "--ignore own-camera or nothing keeps them"
        return _Rule(images.modality, "other modality only", words, advice)
    words = "images of the query's identity, modality and camera"
    unknown = int(np.count_nonzero(images.camera[used] == 0))
    if unknown == len(used):
        text = f"nothing: no camera is known, nothing is excluded (of {words})"
        return _Rule(None, "no camera known, nothing ignored", text, by_camera=True)
    if unknown:
        words += f"; the camera of {number_of(unknown, 'image')} of {len(used)} is unknown, "
        words += "where nothing is"
    group = groups_of(images.camera, truth.identities, images.modality)
    return _Rule(group, "own camera ignored", words, "--ignore nothing keeps them", by_camera=True)
