"""The settings of a recipe, listed from the docstrings of its dataclasses."""

import dataclasses
import typing
from collections.abc import Iterator

from docstring_parser import parse_from_object

from vireid.config import Recipe


def describe_settings() -> str:
    """Return one line for each setting that `--set` understands.

    Returns:
        Names and explanations; the values in force are those of the recipe.
    """
    return "\n".join(f"  {name}\n      {text}" for name, text in _walk(Recipe, ""))


def _walk(kind: type, prefix: str) -> Iterator[tuple[str, str]]:
    texts = {p.arg_name: p.description or "" for p in parse_from_object(kind).params}
    types = typing.get_type_hints(kind)
    for item in dataclasses.fields(kind):
        name, inner = prefix + item.name, types[item.name]
        if dataclasses.is_dataclass(inner):
            yield from _walk(typing.cast(type, inner), f"{name}.")
            continue
        element = next((t for t in typing.get_args(inner) if dataclasses.is_dataclass(t)), None)
        if element is not None and not prefix:
            yield from _walk(typing.cast(type, element), f"{name}.NAME.")
        else:
            yield name, " ".join(texts[item.name].split())
