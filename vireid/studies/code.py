"""Which code makes the rows of a study: digests of its sources, to notice when they change."""

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

from vireid.config import Recipe

PACKAGE = "vireid"
ROOMS = (
    "cluster", "compiled.py", "config", "data", "labelling", "losses", "matching", "metrics",
    "models", "parallel", "precision.py", "runs", "scoring", "seeds.py",
    "studies/upper_bound.py", "terms", "training", "types",
)  # fmt: skip
"""The rooms and files of the package that training and scoring depend on."""

Code = Mapping[str, str]
"""Digests of sources: of the package's under its name, and of each module outside of it."""


def code_of(recipes: Iterable[Recipe]) -> dict[str, str]:
    """Return digests of the code that trains and scores by some recipes.

    Args:
        recipes: whose classes from outside the package count too.

    Returns:
        A digest for the package and for each module outside it.
    """
    home = Path(__file__).resolve().parents[1]
    found = [home / room for room in ROOMS]
    files = [file for place in found for file in ([place] if place.is_file() else _below(place))]
    own = {PACKAGE: digest({str(file.relative_to(home)): file.read_bytes() for file in files})}
    return own | {name: digest({name: file.read_bytes()}) for name, file in _foreign(recipes)}


def digest(sources: Mapping[str, bytes]) -> str:
    """Return a text that changes when sources do.

    Args:
        sources: bytes by name; their order is no matter.

    Returns:
        16 characters.

    >>> digest({"a": b"1", "b": b"2"}) == digest({"b": b"2", "a": b"1"}) != digest({"a": b"12"})
    True
    """
    total = hashlib.sha256()
    for name, text in sorted(sources.items()):
        total.update(f"{name}\0{hashlib.sha256(text).hexdigest()}\n".encode())
    return total.hexdigest()[:16]


def changed_parts(before: Code, now: Code) -> list[str]:
    """Name what has changed between two states of the code.

    Args:
        before: digests.
        now: digests; what is missing on either side is no change.

    Returns:
        Names, in order.

    >>> changed_parts({"vireid": "a", "mine": "b"}, {"vireid": "c", "mine": "b", "other": "d"})
    ['vireid']
    """
    return [name for name, text in before.items() if now.get(name, text) != text]


def _below(room: Path) -> list[Path]:
    return sorted(room.rglob("*.py"))


def _foreign(recipes: Iterable[Recipe]) -> Iterator[tuple[str, Path]]:
    """Yield name and file of the modules outside the package whose classes recipes hold."""
    known = {PACKAGE, *sys.stdlib_module_names}
    names = {kind.__module__ for recipe in recipes for kind in _classes(recipe)}
    for name in sorted(names):
        file = getattr(sys.modules.get(name), "__file__", None)
        if name.split(".")[0] not in known and file is not None:
            yield name, Path(file)


def _classes(value: object) -> Iterator[type]:
    """Yield the classes of all values that settings hold, and the classes that those build on."""
    if is_dataclass(value) and not isinstance(value, type):
        yield from type(value).__mro__
        for item in fields(value):
            yield from _classes(getattr(value, item.name))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _classes(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _classes(inner)
