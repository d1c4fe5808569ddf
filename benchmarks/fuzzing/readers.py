"""Vireid's public readers, and the same with a fault planted, which the campaign has to find."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vireid.data import decode, load_pixels, open_data, read_manifest, scan_data
from vireid.types import Images

PLANTS = ("channels", "turned", "row", "identity")
"""Faults that can be planted: channels of BMP files exchanged, JPEG files upside down, the last
test image of a manifest dropped, its identity another one."""


def read_image(file: Path) -> np.ndarray:
    """Decode a file in both ways that vireid has.

    Args:
        file: any.

    Returns:
        [H, W, 3] pixels.

    Raises:
        AssertionError: the two ways differ.
    """
    pixels = decode(file)
    again = load_pixels(Images(file.parent, (file.name,), [0], [0]), pixels.shape[:2], workers=1)
    assert np.array_equal(again[0], pixels), "decode and load_pixels differ"
    return pixels


def read_listing(path: Path) -> Any:
    """Open a manifest, or a folder, in both ways that vireid has.

    Args:
        path: of the manifest or folder.

    Returns:
        The DataFolder.

    Raises:
        AssertionError: the two ways differ.
    """
    scan = scan_data(path)
    for problem in scan.problems:
        assert problem.line.isprintable(), f"problem of several lines: {problem.line!r}"
    data = read_manifest(path) if path.is_file() else open_data(path)
    assert not scan.problems, "opened in spite of problems"
    assert data.train.paths == scan.data.train.paths, "scan_data and open_data differ"
    return data


def planted_image(plant: str | None) -> Callable[[Path], np.ndarray]:
    """Return the decoder, with a fault where one is asked for.

    Args:
        plant: one of ``PLANTS``, or None.

    Returns:
        A function like ``read_image``.
    """

    def read(file: Path) -> np.ndarray:
        head, pixels = file.read_bytes()[:2], read_image(file)
        if plant == "channels" and head == b"BM":
            return pixels[..., ::-1]
        if plant == "turned" and head == b"\xff\xd8":
            return pixels[::-1]
        return pixels

    return read


def planted_listing(plant: str | None) -> Callable[[Path], Any]:
    """Return the reader of manifests and lists, with a fault where one is asked for.

    Args:
        plant: one of ``PLANTS``, or None.

    Returns:
        A function like ``read_listing``.
    """

    def read(path: Path) -> Any:
        data = read_listing(path)
        count = len(data.test.paths)
        if plant == "row" and data.roles and count:
            test = data.test.subset(range(count - 1))
            return replace(data, test=test, test_truth=None, roles=data.roles[:-1])
        if plant == "identity" and data.test_truth is not None:
            changed = data.test_truth.identities.copy()
            changed[-1] += 1
            return replace(data, test_truth=replace(data.test_truth, identities=changed))
        return data

    return read
