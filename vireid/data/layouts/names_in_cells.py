"""Identities, cameras and tracks as any text: empty cells, and a number for each name."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from vireid.data.layouts.paths import quoted
from vireid.errors import some

NOTHING = frozenset({"", "nan", "none", "null", "n/a", "na", "<na>", "nat", "#n/a", "nil"})
"""What table programs write into a cell that is empty, in any case."""
UNKNOWN = frozenset({"unknown", "unlabelled", "unlabeled", "undefined", "?", "-", "--"})
"""What people write of a person, camera or track that they do not know, in any case."""

_WHOLE = re.compile(r"(-?[0-9]{1,18})(\.0+)?")  # spreadsheets write 3.0 beside empty cells
_NUMBER = re.compile(r"[0-9]+")
_WHOLE_TEXT = re.compile(r"(-?[0-9]+)\.0+")
_JOINERS = {0x200C: None, 0x200D: None}
"""Signs that join letters or keep them apart, and are not seen themselves."""


def is_nothing(cell: str) -> bool:
    """Tell whether a cell is empty, or holds what table programs write for that.

    Args:
        cell: without surrounding spaces.

    Returns:
        True for the words of ``NOTHING`` in any case.
    """
    return cell.lower() in NOTHING


def is_unknown(cell: str) -> bool:
    """Tell whether a cell says that a camera or track is unknown.

    Args:
        cell: without surrounding spaces.

    Returns:
        True for an empty cell, the words of ``UNKNOWN``, and 0 and below.
    """
    number = _WHOLE.fullmatch(cell)
    return is_nothing(cell) or cell.lower() in UNKNOWN or (bool(number) and whole(cell) == 0)


def whole(cell: str) -> int:
    """Return the whole number that a cell holds.

    Args:
        cell: such as 3 or 3.0.

    Returns:
        The number.
    """
    return int(cell.split(".")[0])


@dataclass(frozen=True)
class Numbering:
    """A number for each name of a column."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    """By the cell's text."""
    names: Mapping[int, str] = field(default_factory=dict)
    """By number; empty where all names are whole numbers, which they keep."""

    def of(self, cell: str, nothing: int) -> int:
        """Return the number of a cell.

        Args:
            cell: one of the column.
            nothing: the number of what the numbering does not hold.

        Returns:
            The number.
        """
        return self.numbers.get(cell, nothing)


def numbering(cells: Iterable[str], first: int) -> Numbering:
    """Give each name of a column a number.

    Args:
        cells: of the column, without those that name nothing.
        first: the number of the first name, where not all are whole numbers.

    Returns:
        Whole numbers of up to 18 digits keep their value if all cells are such; else all names are
        text and numbered in order, 3.0 and 3 being the same, as are two Unicode forms of a name.

    >>> numbering(["b", "10", "b"], first=1).numbers
    {'b': 2, '10': 1}
    """
    distinct = list(dict.fromkeys(cells))
    if all(_WHOLE.fullmatch(cell) for cell in distinct):
        return Numbering({cell: whole(cell) for cell in distinct})
    texts = {cell: _canonical(cell) for cell in distinct}
    order = {text: first + k for k, text in enumerate(sorted({*texts.values()}))}
    numbers = {cell: order[text] for cell, text in texts.items()}
    return Numbering(numbers, {number: text for text, number in order.items()})


def alike(column: str, numbers: Numbering) -> Iterator[str]:
    """Say which names differ so little that they may be meant for the same.

    Args:
        column: identity, camera or track.
        numbers: of its names.

    Yields:
        No line or one of each kind.
    """
    groups: dict[str, set[str]] = defaultdict(set)
    for cell in numbers.numbers:
        text = _canonical(cell)
        key = text.translate(_JOINERS) if numbers.names else str(whole(text))
        groups[_blurred(key)].add(text)
    several = [" and ".join(map(quoted, sorted(same))) for same in groups.values() if len(same) > 1]
    if several and numbers.names:
        yield (
            f"{column}: {some(several)} differ in case or spaces only, or in leading zeros or the "
            "width of signs, and count as different"
        )
    elif several:
        yield f"{column}: {some(several)} are the same number and count as the same"


def _blurred(name: str) -> str:
    """Return a name in the form that those share which people take for the same."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(_NUMBER.sub(lambda digits: digits[0].lstrip("0") or "0", text).split())


def _canonical(cell: str) -> str:
    """Return a name in the form that equal ones share."""
    number = _WHOLE_TEXT.fullmatch(cell)
    return number[1] if number else unicodedata.normalize("NFC", cell)
