"""Which boxes are people, sure enough, and said only once."""

from collections import Counter
from collections.abc import Sequence
from math import isnan

from vireid.cropping.boxes import Box, BoxList
from vireid.errors import DataError, some

PEOPLE = frozenset({"person", "persons", "pedestrian", "pedestrians", "people", "human", "man",
                    "woman"})  # fmt: skip
"""Names of categories, in lower case, that are people."""
UNSURE = "below the least confidence"
AGAIN = "said twice"
TORN = "of a track that is at two places of a frame"
TORN_SHARE = 0.5
"""Share of the boxes above which a track that is at two places at once is none."""


def wanted_classes(found: BoxList, classes: Sequence[str]) -> list[Box]:
    """Return the boxes of people, or of the categories asked for.

    Args:
        found: boxes of a file.
        classes: categories to keep, in any case of letters; people if there is none.

    Returns:
        The boxes; those without a category stay.

    Raises:
        DataError: there are boxes but none of a wanted category, or numbers do not tell people.
    """
    kinds = Counter(box.category for box in found.boxes)
    asked = {name.casefold() for name in classes}
    if not asked:
        asked = set(PEOPLE) | set(found.people)
        others = [name for name in kinds if name and name.casefold() not in asked]
        if found.format == "csv" and len(kinds) > 1 and any(name.isdigit() for name in others):
            raise DataError(
                f"{found.source}: classes are {some(sorted(kinds))}; say with --class which are "
                "people"
            )
        if found.format == "csv" and len(kinds) == 1 and others and others[0].isdigit():
            asked = set(others)  # the only class of a table, without a name
    kept = [box for box in found.boxes if not box.category or box.category.casefold() in asked]
    if found.boxes and not kept:
        raise DataError(
            f"{found.source} holds no boxes of people but of {some(sorted(kinds))}; say with "
            "--class which to take"
        )
    return kept


def sure(boxes: Sequence[Box], least: float) -> list[Box]:
    """Return the boxes that a detector is sure of.

    Args:
        boxes: of any confidence, or without.
        least: the confidence that is enough; 0 for any.

    Returns:
        Those of this confidence or without any.
    """
    if least == 0:
        return list(boxes)
    return [
        box
        for box in boxes
        if box.confidence is None or (not isnan(box.confidence) and box.confidence >= least)
    ]


def once(
    source: str, placed: Sequence[tuple[int, Box]]
) -> tuple[list[tuple[int, Box]], Counter[str]]:
    """Return each box once, and none of a track that is at two places of a frame.

    Args:
        source: the file of boxes, for messages.
        placed: frames and boxes.

    Returns:
        Those that are left, and how many are not, by reason.

    Raises:
        DataError: half of the boxes or more are so, which tells that tracks are something else.
    """
    first: dict[tuple[int, str, object], tuple[int, Box]] = {}
    for frame, box in placed:
        first.setdefault((frame, box.track, box.numbers), (frame, box))
    left = list(first.values())
    times = Counter((frame, box.track) for frame, box in left if box.track)
    torn = [(frame, box) for frame, box in left if times[frame, box.track] > 1]
    if torn and len(torn) >= TORN_SHARE * len(left):
        raise DataError(
            f"{source}, {torn[1][1].place}: track {torn[1][1].track!r} is at several places of one "
            f"frame, as are {len(torn)} of {len(left)} boxes; tracks seem to be something else"
        )
    kept = [(frame, box) for frame, box in left if times[frame, box.track] < 2]
    gone = Counter({AGAIN: len(placed) - len(left), TORN: len(torn)})
    return kept, +gone
