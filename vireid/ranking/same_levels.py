"""Whether queries and gallery were scaled alike, where files have more than 8 bits."""

import warnings
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from vireid.errors import DataError
from vireid.types import Images, Levels, Modality, Span

Scaling = Span | Literal["each image by itself", "8 bits as they are"]
"""What became of the images of a camera."""
OWN: Final = "each image by itself"
BYTES: Final = "8 bits as they are"
UNCHANGED = Span(0, 255)


def check_same_levels(queries: Images, gallery: Images) -> None:
    """Refuse images of a modality or camera that were scaled in two ways; warn where unknown.

    Args:
        queries: Q embedded images with their levels.
        gallery: G embedded images likewise.

    Raises:
        DataError: images of one modality, and of one camera where spans differ by camera, were
            scaled in two ways.
    """
    if queries.levels is None or gallery.levels is None:
        _warn_unknown(queries, gallery)
        return
    for kind in Modality:
        there = _scalings(gallery, gallery.levels, kind)
        for camera, one in _scalings(queries, queries.levels, kind).items():
            known = camera is not None and camera in there
            others = [there[camera]] if known else list(there.values())
            if others and not any(_alike(one, other) for other in others):
                new = camera if camera is not None and not known else None
                _tell(kind, one, others, new)


def _scalings(images: Images, levels: Levels, kind: Modality) -> dict[str | None, Scaling]:
    """Return what became of a modality's images by the name of their camera, None for unknown."""
    found: dict[str | None, Scaling] = {}
    for number in np.unique(images.camera[images.modality == kind]).tolist():
        camera = images.camera_name(number)
        span = levels.of(kind, camera)
        scaling: Scaling = BYTES
        if levels.decides(kind, camera):
            scaling = OWN if span is None else BYTES if span.like(UNCHANGED) else span
        found[camera if number else None] = scaling
    return found


def _alike(one: Scaling, other: Scaling) -> bool:
    if isinstance(one, Span) and isinstance(other, Span):
        return one.like(other)
    return one == other


def _tell(kind: Modality, one: Scaling, others: Sequence[Scaling], new: str | None) -> None:
    """Refuse two scalings; warn where files of 8 bits meet others, or a camera is a new one."""
    what = kind.name.lower()
    theirs = ", ".join(dict.fromkeys(_words(other) for other in others))
    spans = [span for span in (one, *others) if isinstance(span, Span)]
    if (one == BYTES or set(others) == {BYTES}) and not any(span.for_bytes for span in spans):
        warnings.warn(
            f"{what} images of the queries: {_words(one)}; of the gallery: {theirs}: files of 8 "
            "bits and of more compare only if they were scaled alike",
            stacklevel=4,
        )
    elif new is not None and len(set(map(_words, others))) > 1:
        warnings.warn(
            f"the gallery has no {what} camera {new}: its images are scaled by {_words(one)}, "
            f"those of the gallery's cameras by {theirs}",
            stacklevel=4,
        )
    else:
        raise DataError(
            f"{what} images of the queries are scaled by {_words(one)} and those of the gallery by "
            f"{theirs}: their similarities mean nothing; embed the queries with the gallery's "
            "levels (search: leave --levels out, name --camera; Python: levels=gallery.levels, "
            "camera=NAME), or both with the same"
        )


def _words(scaling: Scaling) -> str:
    return f"{scaling.low:g} to {scaling.high:g}" if isinstance(scaling, Span) else scaling


def _warn_unknown(queries: Images, gallery: Images) -> None:
    """Warn where one side was scaled and the other does not say whether and how."""
    for known, other, unknown in (
        (queries, gallery, "gallery"), (gallery, queries, "file of the queries"),
    ):  # fmt: skip
        spans = known.levels.spans if known.levels is not None else {}
        if any((other.modality == kind).any() for kind, _ in spans):
            warnings.warn(
                f"the {unknown} does not say how its images of more than 8 bits were scaled; if "
                "that was otherwise than here, similarities mean nothing: embed it again",
                stacklevel=4,
            )
