"""Which cells of identities, cameras and tracks name nobody, by themselves and in their column."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from vireid.data.layouts.names_in_cells import UNKNOWN, is_nothing, is_unknown
from vireid.data.layouts.paths import quoted

LARGEST = 2**53
"""From here on floating-point numbers are no longer all whole ones."""
KEPT = 15
"""Digits that a spreadsheet keeps of a number; those behind them become zeros."""
JOINERS = "\u200c\u200d"
"""Unseen signs that belong to text: Persian and Indic words and emoji are written with them."""
FLAGS = range(0xE0020, 0xE0080)
"""Unseen signs of which the emoji of some flags consist."""

BELOW = {
    "identity": ", where one number stands for one person; give unknown people a number or name "
    "each, or leave the row out",
    "camera": "; expected a number or a name, 0 or nothing where it is unknown",
}
"""What is said of numbers below 0."""
CURE = "format the column as text before the values go in, and save it again"
"""What to do about numbers that a table program has changed."""

_WHOLE = re.compile(r"(-?[0-9]+)\.0+")
_EXPONENT = re.compile(r"[-+]?[0-9]+([.,][0-9]*)?[eE][-+][0-9]+|[-+]?[0-9]+[.,][0-9]+[eE][0-9]+")
_GROUPS = re.compile(r"[-+]?[0-9]{1,3}([,.'’ \u00a0\u202f][0-9]{3})+")
_FRACTION = re.compile(r"[-+]?[0-9]*[.,][0-9]+")
_ERROR = re.compile(r"#+|#(REF|VALUE|NAME|DIV/0|NULL|NUM|SPILL|CALC|FIELD)[!?]?|Err:[0-9]+")
_ADDRESS = re.compile(r"((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\.(?!$)|$)){4}")


@dataclass(frozen=True)
class NameColumn:
    """A column of names, and what its other cells say of one of them."""

    name: str
    """identity, camera or track."""
    texts: bool = False
    """Whether most of its names are words, so that 10.5 among them is one too."""
    cut: bool = False
    """Whether all its long numbers end in zeros, as where a spreadsheet kept 15 digits."""

    def fault(self, cell: str) -> tuple[str, str] | None:
        """Say why a cell names nobody and nothing.

        Args:
            cell: without surrounding spaces, and not empty.

        Returns:
            What is wrong with the cell, and the same without its value; None where it is a name.
        """
        reason = _changed(cell, numbers=not self.texts)
        if reason is None and self.cut and _is_long(cell):
            reason = f"has lost digits: all long numbers of the column end in zeros; {CURE}"
        if reason is None and re.fullmatch(r"-[0-9]+(\.0+)?", cell) and self.name != "track":
            reason = f"is below 0{BELOW[self.name]}"
        if reason is None and self.name == "identity" and cell.lower() in UNKNOWN:
            reason = (
                "is no person, and one name stands for one; give unknown people a name each, "
                "or leave the row out"
            )
        return (
            None
            if reason is None
            else (f"{self.name} {quoted(cell)} {reason}", f"the {self.name} {reason}")
        )


def name_column(name: str, cells: Iterable[str]) -> NameColumn:
    """Look at a whole column of names.

    Args:
        name: identity, camera or track.
        cells: all of it, without surrounding spaces.

    Returns:
        What its cells say of each other.
    """
    distinct = {cell for cell in cells if not is_nothing(cell) and not is_unknown(cell)}
    words = sum(any(sign.isalpha() for sign in cell) and not _changed(cell) for cell in distinct)
    long = [cell for cell in distinct if _is_long(cell)]
    cut = bool(long) and all(set(_digits(cell)[KEPT:]) == {"0"} for cell in long)
    return NameColumn(name, 2 * words > len(distinct), cut)


def _digits(cell: str) -> str:
    number = _WHOLE.fullmatch(cell)
    return (number[1] if number else cell).lstrip("-+0")


def _is_long(cell: str) -> bool:
    digits = _digits(cell)
    return digits.isdecimal() and len(digits) > KEPT


@lru_cache(maxsize=4096)
def _changed(cell: str, *, numbers: bool = True) -> str | None:
    """Say how a table program has changed a value; in a column of words, numbers are none."""
    number = _WHOLE.fullmatch(cell)
    if _EXPONENT.fullmatch(cell) or (number and abs(int(number[1])) >= LARGEST):
        return f"has lost digits; {CURE}"
    if numbers and _GROUPS.fullmatch(cell) and not _ADDRESS.fullmatch(cell):
        return "is no whole number, but one with signs between its digits; write it without"
    if numbers and _FRACTION.fullmatch(cell) and not number:
        return "is no whole number and no name; put a letter before it if it is a name"
    if cell.lower().lstrip("-+") in ("inf", "infinity"):
        return "is no number of anything"
    if cell.startswith("="):
        return "is a formula; save the values"
    if _ERROR.fullmatch(cell):
        return "is an error message of a table program; correct the table"
    if not all(map(_is_text, cell)):
        return "holds a line break or another sign that cannot be printed; take it out"
    return None


def _is_text(sign: str) -> bool:
    """Tell whether a sign may stand in a name: all that is seen, spaces, and what joins letters."""
    return (
        sign.isprintable()
        or sign in JOINERS
        or unicodedata.category(sign) == "Zs"
        or ord(sign) in FLAGS
    )
