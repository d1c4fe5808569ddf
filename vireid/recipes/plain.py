"""Recipes as plain values, and how they are written."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import yaml

from vireid.config import Recipe
from vireid.errors import ConfigError
from vireid.labelling.kinds import KINDS, kind_of
from vireid.recipes.classes import PARTS, TERMS, class_path
from vireid.terms import Term


def plain(value: Any) -> Any:
    """Turn settings into what YAML can say.

    Args:
        value: a recipe or a part of it.

    Returns:
        Mappings, lists, numbers and text. Parts that ship have their short form, other classes
        their ``class_path``.
    """
    if is_dataclass(value) and not isinstance(value, type):
        settings = {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.init}
        if isinstance(value, Term) and TERMS.get(value.loss) is type(value):
            return {"loss": value.loss, **settings}
        if (kind := kind_of(value)) is not None:
            return {"kind": kind, **settings}
        standard = type(value) in PARTS.values()
        if not standard and any(isinstance(value, part) for part in PARTS):
            return {"class_path": class_path(value), "init_args": settings}
        return settings
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def is_written(recipe: Recipe) -> bool:
    """Tell whether every setting of a recipe can be written, those of foreign classes too.

    Args:
        recipe: any recipe.

    Returns:
        True where its plain form holds numbers, text, lists and mappings alone.
    """
    return _is_plain(plain(recipe))


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(part) for part in value.values())
    if isinstance(value, list):
        return all(_is_plain(part) for part in value)
    return value is None or isinstance(value, bool | int | float | str)


def foreign_classes(recipe: Recipe) -> dict[str, type]:
    """Return the classes from outside the package that a recipe is made of.

    Args:
        recipe: any recipe.

    Returns:
        Classes by their path.
    """
    return {
        path: kind
        for path, kind in _classes(recipe)
        if kind not in TERMS.values()
        and kind not in PARTS.values()
        and not any(kind in kinds.values() for kinds in KINDS.values())
        and any(issubclass(kind, part) for part in PARTS)
    }


def _classes(value: Any) -> Iterator[tuple[str, type]]:
    """Yield the class of every dataclass in a value."""
    if is_dataclass(value) and not isinstance(value, type):
        yield class_path(value), type(value)
        for field in fields(value):
            yield from _classes(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _classes(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _classes(part)


def dump_recipe(recipe: Recipe) -> str:
    """Return the YAML text of a recipe, every setting resolved.

    Args:
        recipe: the recipe.

    Returns:
        Text that ``parse_recipe`` reads back to an equal recipe.

    Raises:
        ConfigError: a setting of a class from outside the package cannot be written.
    """
    values = plain(recipe)
    for name, value in flat(values):
        if not _is_plain(value):
            raise ConfigError(
                f"{name} is of type {type(value).__name__}, which no recipe can hold; expected "
                "numbers, text, lists or mappings"
            )
    return yaml.safe_dump(values, sort_keys=False)


def flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every setting by its dotted name; stages go by their names, the order of terms too.

    Args:
        value: plain settings.
        name: of the place where they stand.

    Yields:
        Names and values.
    """
    if isinstance(value, dict):
        if name.endswith(".terms"):
            yield f"{name} in order", ", ".join(value)
        for key, part in value.items():
            yield from flat(part, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(part, dict) for part in value):
        if name == "stages":
            yield "stages in order", ", ".join(str(part.get("name")) for part in value)
        for number, part in enumerate(value):
            inner = part.get("name", number) if isinstance(part, dict) else number
            yield from flat(part, f"{name}.{inner}")
    else:
        yield name, value
