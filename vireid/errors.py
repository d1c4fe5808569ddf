"""Every error a user can cause; the command prints one line and exits with code 2."""

import math
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches

REPORTED = 5
"""How many problems or examples one message spells out."""


class VireidError(Exception):
    """Base of all errors of this library.

    A message says what was given, what is expected and what to do, in one line.
    """

    exit_code = 2
    """What the command ends with."""


class DataError(VireidError):
    """Images, lists, manifests or arrays that cannot be used as they are."""


class ConfigError(VireidError):
    """A recipe or an option that is unknown, out of range or does not apply."""


class CheckpointError(VireidError):
    """A run folder or weights file that is missing, damaged or of another kind."""


class SaveError(CheckpointError):
    """Weights or a state that could not be written; what was there before is still whole."""


class DegenerateClusters(VireidError):  # noqa: N818 - a state of the data, not a programming error
    """Clustering left nothing to train on: no clusters, or none in one of the modalities."""


class Stopped(VireidError):  # noqa: N818 - not a mistake
    """The user or the machine asked for an end; everything is saved, and the message says how to
    go on.

    Args:
        message: one line.
        exit_code: 128 + the signal, as shells have it.
    """

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class SelfTestFailed(VireidError):  # noqa: N818 - says what failed
    """A small computation whose result is known came out otherwise: the base does not work here."""

    exit_code = 1


class LostProcess(VireidError):  # noqa: N818 - not a mistake
    """Another process of the same training is no longer there."""


def number_of(count: int, one: str, more: str = "") -> str:
    """Count things in words that fit the number.

    Args:
        count: how many.
        one: what a single one is called.
        more: what several are called; with an s behind if not given.

    Returns:
        Number and word.

    >>> number_of(1, "image"), number_of(2, "image"), number_of(0, "identity", "identities")
    ('1 image', '2 images', '0 identities')
    """
    return f"{count} {one if count == 1 else more or one + 's'}"


def some(things: list[str], between: str = ", ") -> str:
    """Name the first five things and count the others, for a message of one line.

    Args:
        things: their texts.
        between: what stands between them.

    Returns:
        One line.

    >>> some(["a", "b", "c", "d", "e", "f"])
    'a, b, c, d, e and 1 more'
    """
    more = len(things) - REPORTED
    return between.join(things[:REPORTED]) + (f" and {more} more" if more > 0 else "")


def meant(word: str, known: Iterable[str]) -> str:
    """Say which known word a misspelt one is nearest to, for the end of a message; in any case.

    Args:
        word: what was given.
        known: what is understood.

    Returns:
        A question after a semicolon; nothing where no word is near.

    >>> meant("hungarain", ["hungarian", "nearest"])
    '; did you mean hungarian?'
    """
    small = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), small, n=1)
    return f"; did you mean {small[close[0]]}?" if close else ""


Bound = tuple[str, Callable[[float], bool]]

ABOVE_ZERO: Bound = ("more than 0", lambda value: 0 < value < math.inf)
FROM_ZERO: Bound = ("at least 0", lambda value: 0 <= value < math.inf)
FROM_ONE: Bound = ("at least 1", lambda value: value >= 1)
SHARE: Bound = ("0 to 1", lambda value: 0 <= value <= 1)
BELOW_ONE: Bound = ("0 or more and less than 1", lambda value: 0 <= value < 1)
INSIDE: Bound = ("more than 0 and less than 1", lambda value: 0 < value < 1)


def outside(where: str, config: object, bound: Bound, *names: str) -> Iterator[str]:
    """Yield a problem for each of the fields whose value is out of bounds.

    Args:
        where: what the fields belong to, for the message.
        config: a dataclass.
        bound: what is expected, and whether a value is so.
        names: the fields.

    Yields:
        One message for each wrong value.
    """
    expected, holds = bound
    for name in names:
        value = getattr(config, name)
        if not holds(value):
            yield f"{where}{name} is {value}; expected {expected}"
