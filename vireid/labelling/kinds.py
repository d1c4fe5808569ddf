"""Which matchers and refiners ship, and how recipes and files call them."""

from collections.abc import Mapping
from typing import Any

from vireid.labelling.labeller import Matcher, Refiner
from vireid.labelling.matchers import MATCHERS
from vireid.labelling.refiners import REFINERS
from vireid.types import short_name

KINDS: Mapping[Any, Mapping[str, type]] = {
    Matcher: {short_name(kind): kind for kind in MATCHERS},
    Refiner: {short_name(kind): kind for kind in REFINERS},
}
"""The matchers and refiners that ship, by the short name that ``kind`` says."""


def kind_of(value: object) -> str | None:
    """Return the short name of a matcher or refiner that ships.

    Args:
        value: any part of a recipe.

    Returns:
        What ``kind`` says; None for all else.
    """
    known = any(type(value) in kinds.values() for kinds in KINDS.values())
    return short_name(type(value)) if known else None
