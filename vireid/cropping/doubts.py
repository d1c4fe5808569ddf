"""Whether the numbers of boxes are what their format says, as far as frames tell."""

from collections.abc import Mapping, Sequence

import numpy as np

from vireid.cropping.boxes import Box, BoxList
from vireid.cropping.frames import Frame
from vireid.errors import DataError

SLACK = 1.05
"""Share of a frame up to which boxes usually reach."""
BEYOND_SHARE = 0.1
"""Share of the boxes that must reach far beyond their frame before they are doubted."""
SMALL_FRAME = 16
LEAST = 10
"""Boxes from which on it is noticed that one number follows another."""
NEARLY_ALL = 0.95
"""Share of them that have to be corners that lie in their frame."""


def check_numbers(
    found: BoxList,
    placed: Sequence[tuple[int, Box]],
    frames: Sequence[Frame],
    sizes: Mapping[int, tuple[int, int]],
    *,
    said: bool = False,
) -> None:
    """Refuse boxes whose numbers cannot be what their format says.

    Args:
        found: what the file says beside its boxes.
        placed: places of frames with their boxes.
        frames: all frames.
        sizes: width and height of frames.
        said: whether the user says what the four numbers are.

    Raises:
        DataError: numbers are shares instead of pixels, corners instead of sizes, or belong to
            frames of another size.
    """
    known = [(place, box) for place, box in placed if place in sizes]
    if not known:
        return
    _check_sizes(found, known, frames, sizes)
    numbers = np.array([box.numbers for _, box in known])
    size = np.array([sizes[place] for place, _ in known], dtype=float)
    with np.errstate(over="ignore"):
        if found.shares:
            _check_reach(found, numbers, np.ones_like(size), "shares of the frame")
            return
        if np.abs(numbers).max() <= 2 and size.min() >= SMALL_FRAME:
            raise DataError(
                f"{found.source}: no number of a box is above 2; expected pixels, not shares of "
                "the frame (YOLO text has them)"
            )
        _check_corners(found, numbers, size)
        if not said:
            _check_following(found, numbers, size)
        _check_reach(found, numbers, size, "pixels of these frames")


def _check_sizes(
    found: BoxList,
    known: Sequence[tuple[int, Box]],
    frames: Sequence[Frame],
    sizes: Mapping[int, tuple[int, int]],
) -> None:
    """Compare what the file says of its frames with the frames."""
    for place, box in known:
        said = found.sizes.get(str(box.frame))
        if said is not None and tuple(said) != tuple(sizes[place]):
            text = "x".join(map(str, said)), "x".join(map(str, sizes[place]))
            raise DataError(
                f"{found.source} was made for frames of {text[0]}, {frames[place].name} has "
                f"{text[1]}; give the frames that were annotated"
            )


def _reach(numbers: np.ndarray, size: np.ndarray) -> float:
    """Return the share of boxes that reach far beyond their frame."""
    beyond = (numbers[:, :2] + numbers[:, 2:] > SLACK * size) | (numbers[:, :2] > size)
    return float(beyond.any(axis=1).mean())


def _check_corners(found: BoxList, numbers: np.ndarray, size: np.ndarray) -> None:
    """Refuse sizes that can only be right and bottom edges."""
    inside = (numbers[:, 2:] > numbers[:, :2]) & (numbers[:, 2:] <= SLACK * size)
    if _reach(numbers, size) > BEYOND_SHARE and inside.all():
        raise DataError(
            f"{found.source}: read as left, top, width and height, {_reach(numbers, size):.0%} of "
            "the boxes reach beyond their frame, as left, top, right and bottom none does; say "
            "--corners"
        )


def _check_following(found: BoxList, numbers: np.ndarray, size: np.ndarray) -> None:
    """Refuse sizes that follow the left or upper edge as only right and bottom edges do.

    Where people stand and how large they are has little to do with each other, so that a width less
    the left edge varies more than the width. A right edge less the left edge varies less than the
    right edge.
    """
    start, end = numbers[:, :2], numbers[:, 2:]
    inside = (end > start) & (end <= SLACK * size)
    follows = 2 * (end - start).var(axis=0) < end.var(axis=0)
    if len(numbers) >= LEAST and inside.all(axis=1).mean() >= NEARLY_ALL and follows.any():
        raise DataError(
            f"{found.source}: read as left, top, width and height, widths are larger than the left "
            "edge, heights than the top, and they grow with them, as right and bottom edges do; "
            "say --corners, or --sizes if they are sizes nonetheless"
        )


def _check_reach(found: BoxList, numbers: np.ndarray, size: np.ndarray, what: str) -> None:
    """Refuse boxes of which most reach far beyond their frame."""
    share = _reach(numbers, size)
    if share > 0.5:
        raise DataError(
            f"{found.source}: {share:.0%} of the boxes reach beyond their frame; their numbers are "
            f"no {what}"
        )
