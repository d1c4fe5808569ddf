"""In which order terms begin that name each other."""

from collections.abc import Mapping

from vireid.errors import ConfigError
from vireid.terms.term import Term


def in_order(terms: Mapping[str, Term]) -> list[str]:
    """Sort terms so that each comes after those that it names.

    Args:
        terms: by name.

    Returns:
        Names; in the order of the mapping where none names another.

    Raises:
        ConfigError: they name each other in a circle.
    """
    order: list[str] = []
    left = list(terms)
    while left:
        free = [name for name in left if not set(terms[name].others()) & set(left)]
        if not free:
            raise ConfigError(f"the terms {', '.join(left)} name each other in a circle")
        order += free
        left = [name for name in left if name not in free]
    return order
