"""Levels of embedded images in a file: each row says its own, so that they stay when files join."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vireid.errors import DataError
from vireid.types import ANY, Images, Levels, Modality, Span

CameraKey = tuple[Modality, str]


def rows_of_levels(images: Images, levels: Levels) -> NDArray[np.bytes_]:
    """Return what each image was scaled by.

    Args:
        images: N images.
        levels: of all of them.

    Returns:
        [N] ASCII, JSON of ``Levels`` with one span at most.

    >>> rows_of_levels(Images.of([0, 1]), Levels({(Modality.INFRARED, ANY): Span(0, 9, "x")}))
    array([b'[]', b'[["infrared", "", 0, 9, "x"]]'], dtype='|S29')
    """
    texts: dict[tuple[int, int], str] = {}
    pairs = list(zip(images.modality.tolist(), images.camera.tolist(), strict=True))
    for kind, number in set(pairs):
        camera = images.camera_name(number)
        key = Modality(kind), camera if (Modality(kind), camera) in levels.spans else ANY
        own = {key: levels.spans[key]} if key in levels.spans else {}
        texts[kind, number] = Levels(own).to_json()
    return np.array([texts[pair] for pair in pairs], dtype=np.bytes_)


def with_saved_levels(path: Path, images: Images, values: NDArray[Any] | None) -> Images:
    """Return images with the levels that a file says of them.

    Args:
        path: the file, for messages.
        images: its N images.
        values: its array ``levels``; None where it has none.

    Returns:
        The images.

    Raises:
        DataError: as for ``saved_levels``, or the spans of one file hold for cameras of another.
    """
    levels = saved_levels(path, values, len(images))
    if levels is not None and values is not None and values.ndim:
        rows = zip(values.tolist(), images.modality.tolist(), images.camera.tolist(), strict=True)
        for text, kind, number in set(rows):
            camera = images.camera_name(number)
            span, own = levels.of(kind, camera), _read(path, text)
            alike = not (span and span.for_bytes)  # of a file of 8 bits, where it has no span
            if own.decides(kind, camera):
                alike = _same(span, own.of(kind, camera))
            if not alike:
                raise _joined(path, Modality(kind), camera)
    return replace(images, levels=levels)


def saved_levels(path: Path, values: NDArray[Any] | None, count: int) -> Levels | None:
    """Return the levels that a file says.

    Args:
        path: the file, for messages.
        values: its array ``levels``, one text for all rows or [N], one for each; None where it has
            none.
        count: N.

    Returns:
        The spans of all rows; None where they are unknown.

    Raises:
        DataError: they cannot be read, or the file was joined of files that differ in them.
    """
    if values is None:
        return None
    if values.ndim and values.shape != (count,):
        raise DataError(f"{path}: levels have shape {values.shape}; expected ({count},)")
    spans: dict[CameraKey, Span | None] = {}
    if values.dtype.kind not in "SU":
        raise DataError(f"{path}: levels are of type {values.dtype}; expected text")
    for text in np.unique(values).tolist():
        for key, span in _read(path, text).spans.items():
            if not _same(spans.setdefault(key, span), span):
                raise _joined(path, *key)
    return Levels(spans)


def _read(path: Path, text: str | bytes) -> Levels:
    """Return the levels of some rows; a text that is none is named with its file."""
    try:
        return Levels.from_json(text.decode() if isinstance(text, bytes) else text)
    except (DataError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}; embed again") from error


def _same(one: Span | None, other: Span | None) -> bool:
    """Tell whether two spans are alike, or both stand for images that go each by itself."""
    return one.like(other) if one is not None and other is not None else one is other


def _joined(path: Path, kind: Modality, camera: str) -> DataError:
    """Say that a file holds rows that cannot be compared."""
    where = f"{kind.name.lower()} images{f' of camera {camera}' if camera else ''}"
    return DataError(
        f"{path} was joined of files that differ in levels: those of its {where}; embed all images "
        "together, or with the same --levels"
    )
