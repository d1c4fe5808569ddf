"""Files of more than 8 bits: which values become black and white, and where 8 bits are mixed in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vireid.data.check.cameras import CameraLook
from vireid.data.check.file_facts import FileFact
from vireid.data.folder import DataFolder
from vireid.data.pixels.deep_files import place
from vireid.data.pixels.levels import with_levels
from vireid.data.pixels.wish import LevelsWish
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


def scaling_of(data: DataFolder, facts: Mapping[str, FileFact], wish: LevelsWish) -> Scaling:
    """Say how the files of a data set are scaled: as the training images show, then the others.

    Args:
        data: all of it.
        facts: of its files, by path.
        wish: what is asked for.

    Returns:
        The levels; nothing where all files have 8 bits and nothing is asked for.

    Raises:
        ConfigError: a camera that is named has no images.
    """
    images = data.train.plus(data.test)
    if wish.plain and not any(facts[path].span for path in images.paths):
        return Scaling()
    trained = with_levels(data.train) if wish.plain and len(data.train) else None
    found = with_levels(images, wish, trained.images.levels if trained else None)
    doubts = (*(trained.doubts if trained else ()), *found.doubts)
    return Scaling(found.images.levels, found.lines, tuple(dict.fromkeys(doubts)))


def depth_warnings(looks: Sequence[CameraLook], doubts: Sequence[str]) -> Iterator[str]:
    """Yield what is worth knowing of how files are scaled.

    Args:
        looks: of all cameras.
        doubts: what looking for levels, at some of the files only, has told already.

    Yields:
        One line each; cameras whose files are of more than 8 bits in part are counted in full.
    """
    mixed = []
    for look in looks:
        deep = int(look.deep.sum())
        if 0 < deep < len(look):
            begin = f"{place(look.modality, [look.name])}: of "
            mixed.append(begin)
            yield (
                f"{begin}{number_of(len(look), 'image')} {deep} have more than 8 bits, the others "
                "8; these stay as they are, so that the two compare only if they were scaled alike"
            )
    yield from (line for line in doubts if not line.startswith(tuple(mixed)))
