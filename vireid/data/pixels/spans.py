"""Files of more than 8 bits -> the span of each modality or camera, or none that fits."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vireid.data.pixels.deep_files import DeepFiles, place
from vireid.data.pixels.scaling import scaled, span_of
from vireid.data.pixels.wish import Key
from vireid.types import Modality, Span
from vireid.types.levels import ANY

FLAT = 16
"""Grey levels, of 256, within which the middle 98% of a nearly flat image lie."""
CUT_OFF = 0.25
"""From this share of black or white values on an image is mostly cut off."""
UNFIT = 0.05
"""Share of the images of a camera that may be nearly flat or mostly cut off under its span."""
ALIKE = 2.0
"""Cameras whose spans are at most so much narrower than that of all are scaled together."""


def find_spans(groups: Sequence[DeepFiles]) -> tuple[dict[Key, Span | None], list[str]]:
    """Find the spans of cameras whose files have more than 8 bits.

    All cameras of a modality share one span where each of them fills most of it and their images
    fit into it; else each camera has its own. None stands for cameras whose images do not fit into
    one span, so that each is scaled by itself.

    Args:
        groups: what was found of each modality and camera.

    Returns:
        Spans by modality and camera, and a line for each camera whose images fit into no span.
    """
    spans: dict[Key, Span | None] = {}
    doubts: list[str] = []
    for kind in Modality:
        mine = [group for group in groups if group.kind == kind]
        if not mine:
            continue
        shared = _shared(mine)
        if shared is not None:
            spans[kind, ANY] = shared
            continue
        for group in mine:
            span = span_of(group.samples, _count(group.samples))
            fits = _unfit(group.samples, span) <= UNFIT
            key = (kind, ANY if len(mine) == 1 else group.camera)
            spans[key] = span if fits else None
            if not fits:
                doubts.append(_doubt(group))
    return spans, doubts


def _shared(groups: Sequence[DeepFiles]) -> Span | None:
    """Return the span of all cameras, where each fills most of it and its images fit into it."""
    samples = [sample for group in groups for sample in group.samples]
    span = span_of(samples, _count(samples))
    for group in groups:
        own = span_of(group.samples)
        if ALIKE * (own.high - own.low) < span.high - span.low:
            return None
        if _unfit(group.samples, span) > UNFIT:
            return None
    return span


def _unfit(samples: Sequence[NDArray[Any]], span: Span) -> float:
    """Return the share of images that a span makes flat or cuts off, though they show something."""
    return float(np.mean([_is_unfit(sample, span) for sample in samples]))


def _is_unfit(sample: NDArray[Any], span: Span) -> bool:
    low, high = np.percentile(scaled(sample, span), (1, 99))
    outside = np.mean((sample < span.low) | (sample > span.high))
    if high - low >= FLAT and outside <= CUT_OFF:
        return False
    own = np.percentile(scaled(sample, span_of([sample])), (1, 99))
    return bool(own[1] - own[0] >= FLAT)  # else there is nothing to be seen in it either way


def _doubt(group: DeepFiles) -> str:
    """Say that the images of a camera do not fit into one span."""
    lows = [float(np.percentile(sample, 1)) for sample in group.samples]
    highs = [float(np.percentile(sample, 99)) for sample in group.samples]
    return (
        f"{place(group.kind, [group.camera])}: values of over 8 bits lie between "
        f"{min(lows):.6g} and {max(highs):.6g}, those of one image often in a small part of that "
        "(different units or cameras?); each image is scaled by itself: give each camera a name, "
        "or a span by --levels CAMERA=LOW:HIGH"
    )


def _count(samples: Sequence[NDArray[Any]]) -> str:
    return f"{len(samples)} files" if len(samples) != 1 else "1 file"
