"""Files of more than 8 bits: which values become black and white, and where 8 bits are mixed in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vireid.data.check.cameras import CameraLook
from vireid.data.check.file_facts import FileFact
from vireid.data.folder import DataFolder
from vireid.data.pixels.level_words import AUTO, describe, read_levels
from vireid.data.pixels.spans import find_levels
from vireid.errors import number_of
from vireid.types import Levels


@dataclass(frozen=True)
class Scaling:
    """How the files of a data set are scaled."""

    levels: Levels | None = None
    """By modality and camera; None where no file has more than 8 bits and nothing is asked for."""
    lines: tuple[str, ...] = ()
    """What becomes black and white."""
    doubts: tuple[str, ...] = ()
    """What is worth a warning."""


def scaling_of(
    data: DataFolder,
    facts: Mapping[str, FileFact],
    asked: Levels | str | Sequence[str] | None = None,
) -> Scaling:
    """Say how the files of a data set are scaled: as the training images show, then the others.

    Args:
        data: all of it.
        facts: of its files, by path.
        asked: levels, or the words of ``--levels``; they are found from the files if not given.

    Returns:
        The levels; nothing where all files have 8 bits and nothing is asked for.

    Raises:
        ConfigError: a word is unknown, or a camera that is named has no images.
    """
    images = data.train.plus(data.test)
    if asked is None and not any(facts[path].span for path in images.paths):
        return Scaling()
    words = [asked] if isinstance(asked, str) else asked
    given = words if isinstance(words, Levels) else read_levels(words or [AUTO], images)
    levels, doubts = find_levels(data.train, given) if len(data.train) else (given, [])
    levels, more = find_levels(images, levels)
    lines = () if levels is None else tuple(describe(levels).split("; "))
    return Scaling(levels, lines, tuple(dict.fromkeys([*doubts, *more])))


def depth_warnings(looks: Sequence[CameraLook], doubts: Sequence[str]) -> Iterator[str]:
    """Yield what is worth knowing of how files are scaled.

    Args:
        looks: of all cameras.
        doubts: what looking for levels, at some of the files only, has told already.

    Yields:
        One line each; cameras whose files are of more than 8 bits in part are counted in full.
    """
    for look in looks:
        deep = int(look.deep.sum())
        if 0 < deep < len(look):
            yield (
                f"{look.words}: of {number_of(len(look), 'image')} {deep} have more than 8 bits, "
                "the others 8; these stay as they are, so that the two compare only if they were "
                "scaled alike"
            )
    yield from doubts
