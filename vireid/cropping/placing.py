"""Which frame each box belongs to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from vireid.cropping.boxes import Box, BoxList
from vireid.cropping.frame_names import last_number
from vireid.cropping.frames import Frame
from vireid.errors import DataError

MISSING = "for frames that are not there"


def place(
    found: BoxList, boxes: Sequence[Box], frames: Sequence[Frame], first: int | None, *, video: bool
) -> tuple[list[tuple[int, Box]], Counter[str]]:
    """Find the frame of each box.

    Names lead to frames by their path, their name or their name without its ending, the longest
    that is there; numbers to the frame with this number in its name. Where a first number is
    given, and in videos, numbers count frames in order.

    Args:
        found: what the file of boxes says beside its boxes.
        boxes: N boxes.
        frames: all frames.
        first: the number that boxes give to the first frame of a camera.
        video: whether the frames are those of a video, which have no names.

    Returns:
        Up to N places of frames with boxes, by frame, and how many boxes have none.

    Raises:
        DataError: none of the boxes has a frame, or the count may be wrong by one.
    """
    numbers = {_number(box, video=video or first is not None) for box in boxes}
    cameras = {frame.camera for frame in frames}
    told = all(box.camera for box in boxes)
    if any(number is not None for number in numbers) and len(cameras) > 1 and not told:
        raise DataError(
            f"{found.source} numbers frames without their cameras {_some(cameras)}; crop each "
            "camera by itself with --camera, or name frames like cam1/000001.jpg"
        )
    if video or first is not None:
        begin = _first(found, numbers, first)
        index = {(frame.camera, frame.index + begin): i for i, frame in enumerate(frames)}
    else:
        index = _by_number(frames)
        _check_count(found, numbers, index)
    names = _by_name(frames)
    placed, missing = [], 0
    for box in boxes:
        number = _number(box, video=video or first is not None)
        where = _place(box, number, index, names, cameras)
        if where is None:
            missing += 1
        else:
            placed.append((where, box))
    if boxes and not placed:
        raise DataError(
            f"{found.source} is for no frame that is there: boxes speak of {_shown(boxes)}, frames "
            f"are called {frames[0].name} to {frames[-1].name}; --first-frame counts them in order"
        )
    placed.sort(key=lambda one: (one[0], one[1].track, one[1].numbers))
    return placed, +Counter({MISSING: missing})


def _number(box: Box, *, video: bool) -> int | None:
    """Return the number of a box's frame; in order, names of frames stand for the one in them."""
    if isinstance(box.frame, int):
        return box.frame
    return last_number(f"{box.frame}.") if video else None


def _place(
    box: Box,
    number: int | None,
    index: Mapping[tuple[str, int], int],
    names: Mapping[str, int],
    cameras: set[str],
) -> int | None:
    """Return the place of a box's frame."""
    if number is not None:
        camera = box.camera if box.camera in cameras or len(cameras) > 1 else next(iter(cameras))
        return index.get((camera, number))
    name = str(box.frame).replace("\\", "/").removeprefix("./")
    if box.camera and f"{box.camera}/{name}" in names:
        return names[f"{box.camera}/{name}"]
    while True:
        for form in (name, name.rpartition(".")[0]):
            if form in names:
                return names[form]
        if "/" not in name:
            return None
        name = name.partition("/")[2]


def _by_name(frames: Sequence[Frame]) -> dict[str, int]:
    """Return frames by all the names that mean only one of them."""
    found: dict[str, int] = {}
    twice = set()
    for place, frame in enumerate(frames):
        bare = frame.name.rpartition(".")[0] or frame.name
        for name in {form for path in (frame.name, bare) for form in _ends(path)}:
            if found.setdefault(name, place) != place:
                twice.add(name)
    full = {frame.name: place for place, frame in enumerate(frames)}
    return {name: place for name, place in found.items() if name not in twice} | full


def _ends(path: str) -> Iterable[str]:
    """Yield a path and what is left of it without its first folders."""
    yield path
    while "/" in path:
        path = path.partition("/")[2]
        yield path


def _by_number(frames: Sequence[Frame]) -> dict[tuple[str, int], int]:
    """Return frames by camera and number; empty where numbers do not tell them apart."""
    found: dict[tuple[str, int], int] = {}
    for place, frame in enumerate(frames):
        if frame.number is None or (frame.camera, frame.number) in found:
            return {}
        found[frame.camera, frame.number] = place
    return found


def _first(found: BoxList, numbers: set[int | None], first: int | None) -> int:
    """Return the number of the first frame where boxes count in order."""
    if first is not None:
        return first
    if 0 in numbers:
        return 0
    if found.first is None:
        raise DataError(
            f"{found.source} does not tell whether its first frame is 0 or 1; say --first-frame 0 "
            "or --first-frame 1"
        )
    return found.first


def _check_count(
    found: BoxList, numbers: set[int | None], index: Mapping[tuple[str, int], int]
) -> None:
    """Refuse numbers that are perhaps those of the neighbour frames."""
    counted = {number for number in numbers if number is not None}
    if not counted:
        return
    if not index:
        raise DataError(
            f"{found.source} numbers frames, whose names hold no numbers that tell them apart; say "
            "--first-frame 1 if boxes count them in order from 1"
        )
    named = {number for _, number in index}
    low, other = min(named), min(counted)
    begins = found.first is not None and low == 0 and other > 0
    if begins or (low == 1 and other == 0):
        raise DataError(
            f"names of frames begin with {low} and boxes of {found.source} with "
            f"{'1, as MOTChallenge counts' if begins else 0}, so that they may be one frame apart; "
            f"say --first-frame {1 if begins else 0} if the first frame is "
            f"{1 if begins else 0} in it"
            + ("; or --first-frame 0 if its numbers are those of the names" if begins else "")
        )


def _shown(boxes: Sequence[Box]) -> str:
    frames = [box.frame for box in boxes]
    numbers = [frame for frame in frames if isinstance(frame, int)]
    if numbers:
        return f"{min(numbers)} to {max(numbers)}"
    return f"{str(frames[0])[:60]!r}"


def _some(names: set[str]) -> str:
    return ", ".join(sorted(names)[:4])
