"""Values of settings: which types there are, and how messages show them."""

import dataclasses
from collections.abc import Mapping
from textwrap import shorten
from typing import Any

import yaml

from vireid.labelling.kinds import KINDS

LONGEST = 60
"""Characters of a value in a message."""
PLAIN: Mapping[Any, tuple[tuple[type, ...], str]] = {
    bool: ((bool,), "true or false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    str: ((str,), "text"),
}
"""Types of Python that a plain setting takes, and how they are called."""


def usual_value(owner: Any, field: "dataclasses.Field[Any]") -> Any:
    """Return what a field holds where nothing is given.

    Args:
        owner: an instance whose values are usual; None for the defaults of its class.
        field: of that class.

    Returns:
        The value; None where it is not known.
    """
    if owner is not None:
        return getattr(owner, field.name)
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return None if field.default is dataclasses.MISSING else field.default


def has_default(field: "dataclasses.Field[Any]") -> bool:
    """Tell whether a field may be left out.

    Args:
        field: of a dataclass.

    Returns:
        True where it has a default.
    """
    missing = dataclasses.MISSING
    return field.default is not missing or field.default_factory is not missing


def example(hint: Any) -> str:
    """Return what the list of a setting is like.

    Args:
        hint: type of its elements.

    Returns:
        Words for a message.
    """
    if hint in KINDS:
        return f", each with a kind ({', '.join(KINDS[hint])}) or a class_path"
    return {float: ", such as [0.4, 0.8]", int: ", such as [0, 2]"}.get(hint, " of settings")


def quoted(value: Any) -> str:
    """Return a value as a message shows it: text in quotes, all else as in YAML, not too long.

    Args:
        value: as YAML has it.

    Returns:
        A short line.

    >>> quoted("3"), quoted(None), quoted({"k1": 3})
    ("'3'", 'null', '{k1: 3}')
    """
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return shorten(repr(value), LONGEST)
    return shorten(yaml.safe_dump([value], default_flow_style=True).strip()[1:-1], LONGEST)
