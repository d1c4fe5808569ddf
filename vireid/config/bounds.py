"""Bounds of values, and what is said of a value outside them."""

import math
from collections.abc import Callable, Iterator

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
