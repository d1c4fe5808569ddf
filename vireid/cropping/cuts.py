"""From boxes in frames to what is cut out: a pure plan, made before any pixel is decoded."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray

from vireid.cropping.boxes import DIGITS, Box, BoxList
from vireid.cropping.frames import Frame
from vireid.cropping.names import NO_TRACK, safe
from vireid.cropping.settings import CropSettings
from vireid.errors import DataError

OUTSIDE = "mostly outside their frame"
SMALL = "too small"
COVERED = "covered by another box"
SKIPPED = "in frames that are skipped"
UNREADABLE = "in frames that cannot be decoded"

Four = tuple[float, float, float, float]
Edges = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Cut:
    """One crop to be made."""

    frame: int
    """Place of its frame among all frames."""
    track: str
    """Empty for none."""
    box: Four
    """Left, top, width and height of the person's box inside the frame, in pixels."""
    edges: Edges
    """Left, top, right and bottom of what is cut out, in whole pixels, with the margin."""
    cut_off: bool
    """Whether the box touches the border of the frame."""
    covered: float
    """Share of the box that another box covers."""
    path: str
    """Where it goes, relative to the folder of crops, without an ending."""


def plan(
    found: BoxList,
    placed: Sequence[tuple[int, Box]],
    frames: Sequence[Frame],
    sizes: Mapping[int, tuple[int, int]],
    settings: CropSettings,
) -> tuple[list[Cut], Counter[str]]:
    """Decide what is cut out.

    Args:
        found: what the file of boxes says beside its boxes.
        placed: places of frames with their boxes, by frame.
        frames: all frames.
        sizes: width and height of the frames that can be read.
        settings: what is kept.

    Returns:
        The crops by frame and track, and how many boxes are left out, by reason.

    Raises:
        DataError: crops would have one name.
    """
    by_frame: defaultdict[int, list[Box]] = defaultdict(list)
    for place, box in placed:
        by_frame[place].append(box)
    gone: Counter[str] = Counter()
    cuts: list[Cut] = []
    names = _frame_names(frames, settings)
    for place, boxes in sorted(by_frame.items()):
        if frames[place].index % settings.every:
            gone[SKIPPED] += len(boxes)
        elif place not in sizes:
            gone[UNREADABLE] += len(boxes)
        else:
            where = (_folder(frames[place].camera, settings), names[place])
            cuts += _of_frame(place, boxes, sizes[place], where, settings, found.shares, gone)
    seen: set[str] = set()
    for cut in cuts:
        if cut.path.casefold() in seen:
            raise DataError(
                f"{found.source}: two crops would be called {cut.path}, perhaps in another case of "
                "letters; rename tracks or frames"
            )
        seen.add(cut.path.casefold())
    return cuts, +gone


def _folder(camera: str, settings: CropSettings) -> str:
    parts = (camera, settings.recording) if settings.recording else (camera,)
    return "/".join(safe(part) for part in parts)


def _frame_names(frames: Sequence[Frame], settings: CropSettings) -> list[str]:
    """Return what crops of each frame are called: its name without ending where that tells it."""
    whole, bare = [], []
    for frame in frames:
        name = frame.name
        if settings.camera is None:
            name = name.removeprefix(frame.camera + "/")
        whole.append(safe(name))
        bare.append(safe(name.rpartition(".")[0] or name))
    times = Counter(
        (frame.camera, name.casefold()) for frame, name in zip(frames, bare, strict=True)
    )
    return [
        short if times[frame.camera, short.casefold()] == 1 else long
        for frame, short, long in zip(frames, bare, whole, strict=True)
    ]


def _of_frame(
    place: int,
    boxes: Sequence[Box],
    size: tuple[int, int],
    where: tuple[str, str],
    settings: CropSettings,
    shares: bool,
    gone: Counter[str],
) -> list[Cut]:
    """Return the crops of one frame."""
    scale = np.array([*size, *size]) if shares else 1.0
    given = np.round(np.array([box.numbers for box in boxes]) * scale, DIGITS)
    low = np.clip(given[:, :2], 0, size)
    high = np.clip(given[:, :2] + given[:, 2:], 0, size)
    inside = np.round(np.concatenate([low, np.maximum(high - low, 0)], axis=1), DIGITS)
    with np.errstate(over="ignore", invalid="ignore"):
        share = (inside[:, 2] / given[:, 2]) * (inside[:, 3] / given[:, 3])
    kept = (share >= settings.min_inside) & (inside[:, 2:].min(axis=1) > 0)
    gone[OUTSIDE] += int((~kept).sum())
    covered = overlaps(np.where(kept[:, None], inside, 0))
    cuts, nameless = [], 0
    for index, box in enumerate(boxes):
        nameless += not box.track
        if not kept[index]:
            continue
        if inside[index, 2] < settings.min_width or inside[index, 3] < settings.min_height:
            gone[SMALL] += 1
        elif covered[index] > settings.max_overlap:
            gone[COVERED] += 1
        else:
            folder = safe(box.track) if box.track else NO_TRACK
            name = where[1] if box.track else f"{where[1]}-{nameless}"
            more = (settings.margin, float(covered[index]))
            path = f"{where[0]}/{folder}/{name}"
            cuts.append(_cut(place, box.track, inside[index], size, more, path))
    return cuts


def _cut(
    place: int,
    track: str,
    box: NDArray[np.float64],
    size: tuple[int, int],
    more: tuple[float, float],
    path: str,
) -> Cut:
    """Return one crop."""
    left, top, width, height = box.tolist()
    margin, covered = more
    right, bottom = left + width, top + height
    edges = (
        _pixel(left - margin * width, size[0] - 1),
        _pixel(top - margin * height, size[1] - 1),
        _pixel(right + margin * width, size[0]),
        _pixel(bottom + margin * height, size[1]),
    )
    whole = (*edges[:2], max(edges[2], edges[0] + 1), max(edges[3], edges[1] + 1))
    off = left <= 0 or top <= 0 or right >= size[0] or bottom >= size[1]
    return Cut(place, track, (left, top, width, height), whole, off, covered, path)


def _pixel(value: float, last: int) -> int:
    """Return the nearest whole number from 0 to the last; halves go up."""
    return min(max(floor(round(value, DIGITS) + 0.5), 0), last)


def overlaps(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far each box is covered by that other one which covers it most.

    Args:
        boxes: [N, 4] left, top, width and height.

    Returns:
        [N] shares from 0 to 1; 0 for a box without area.

    >>> overlaps(np.array([[0, 0, 2, 2], [1, 0, 4, 2.0]])).tolist()
    [0.5, 0.25]
    """
    low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    most = np.zeros(len(boxes))
    for index in range(len(boxes)):
        common = np.minimum(high[index], high) - np.maximum(low[index], low)
        area = np.maximum(common, 0).prod(axis=1)
        area[index] = 0
        own = boxes[index, 2:].prod()
        most[index] = min(1.0, area.max() / own) if own > 0 else 0
    return most
