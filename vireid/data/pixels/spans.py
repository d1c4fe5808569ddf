"""The span of each modality and camera, found in the files."""

from collections.abc import Sequence

import numpy as np

from vireid.data.pixels.sampling import Sample, deep_files, sample_files, some_of
from vireid.data.pixels.scaling import natural_span
from vireid.types import ANY, Images, Levels, Modality, Span

MIXED = 0.02
"""Share of a camera's files that may lose their contrast under its span."""
ALIKE = 0.5
"""What a camera's span is at least of that of its modality, where they share that one."""


def find_levels(images: Images, known: Levels | None = None) -> tuple[Levels | None, list[str]]:
    """Find what becomes black and white of files with more than 8 bits.

    Args:
        images: N images; of each camera at most 256 files are decoded.
        known: spans that are decided already.

    Returns:
        The spans, those known among them, None where there are none; and a line on each camera
        whose files have ranges so different that each image is scaled by itself.
    """
    spans: dict[tuple[Modality, str], Span | None] = dict(known.spans) if known else {}
    told = []
    for kind in Modality:
        open_groups = {
            camera: deep
            for camera, indices in _groups(images, kind).items()
            if known is None or not known.decides(kind, camera)
            if (deep := deep_files(images, indices))
        }
        samples = {camera: sample_files(images, some_of(i)) for camera, i in open_groups.items()}
        found = _spans({camera: rows for camera, rows in samples.items() if rows})
        for camera, span in found.items():
            spans[kind, camera] = span
            if span is None:
                told.append(f"{kind.name.lower()}{f' camera {camera}' if camera else ''}")
    return (Levels(spans) if spans else None), [
        f"{where}: files of more than 8 bits use ranges so different (counts beside bytes, or "
        "several cameras) that each image is scaled by itself; --levels CAMERA=LOW:HIGH says "
        "what becomes black and white"
        for where in told
    ]


def used_levels(images: Images) -> Levels:
    """Return the levels that files of some images are really scaled by.

    Args:
        images: N images with their levels; the heads of those files are read that these are about.

    Returns:
        Spans of modalities and cameras with files of more than 8 bits, and of those whose span also
        counts for 8 bits; none where all files stay as they are.
    """
    levels = images.levels or Levels()
    used: dict[tuple[Modality, str], Span | None] = {}
    for kind in Modality if levels.spans else ():
        for camera, indices in _groups(images, kind).items():
            if not levels.decides(kind, camera):
                continue
            span = levels.of(kind, camera)
            if (span is not None and span.for_bytes) or deep_files(images, indices):
                used[kind, camera if (kind, camera) in levels.spans else ANY] = span
    return Levels(used)


def _groups(images: Images, kind: Modality) -> dict[str, list[int]]:
    """Return the images of each camera of a modality, by its name."""
    mine = np.flatnonzero(images.modality == kind)
    cameras = images.camera[mine]
    return {
        images.camera_name(number): mine[cameras == number].tolist()
        for number in np.unique(cameras).tolist()
    }


def _spans(samples: dict[str, list[Sample]]) -> dict[str, Span | None]:
    """Return one span for all cameras of a modality where it suits each, else one for each."""
    each = {camera: _span(rows) for camera, rows in samples.items()}
    if not each:
        return {}
    common = _span([row for rows in samples.values() for row in rows])
    if common is None:
        return {ANY: None} if all(span is None for span in each.values()) else each
    wide = ALIKE * abs(common.high - common.low)
    if all(span is not None and abs(span.high - span.low) >= wide for span in each.values()):
        return {ANY: common}
    return each


def _span(samples: Sequence[Sample]) -> Span | None:
    """Return the span of some files; None where it would take the contrast of some of them."""
    values = np.concatenate([sample.values for sample in samples])
    ends = min(sample.low for sample in samples), max(sample.high for sample in samples)
    steps = {sample.step for sample in samples if sample.high > 0}
    step = steps.pop() if len(steps) == 1 else 0
    span = natural_span(values, ends, step)
    lost = sum(sample.lost(span) for sample in samples)
    return None if lost > MIXED * len(samples) else span
