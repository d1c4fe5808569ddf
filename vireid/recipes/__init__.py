"""Recipes: YAML files that ship with the package, and how any recipe is read and written.

A file holds the fields of ``config.Recipe``, or names one that ships and what it changes:

    base: sysu
    changes:
      labelling.mixed.eps: 0.5
      stages.joint.epochs: 20
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from jsonargparse import ArgumentError, ArgumentParser

from vireid.config import Recipe
from vireid.errors import ConfigError

__all__ = ["dump_recipe", "find_recipe", "load_recipe", "names", "parse_recipe"]


def names() -> list[str]:
    """Return the names of the recipes that ship with the package."""
    found = files(__name__).iterdir()
    return sorted(file.name.removesuffix(".yaml") for file in found if file.name.endswith(".yaml"))


def find_recipe(name: str) -> str:
    """Return the YAML text of a recipe.

    Args:
        name: a shipped recipe or the path of a YAML file.

    Returns:
        The text.

    Raises:
        ConfigError: there is no such recipe or file.
    """
    if name in names():
        return (files(__name__) / f"{name}.yaml").read_text(encoding="utf-8")
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"recipe {name} is neither a YAML file nor one of: {', '.join(names())}"
        ) from error


def load_recipe(name: str, overrides: Sequence[str] = ()) -> Recipe:
    """Read a recipe and change some of its settings.

    Args:
        name: a shipped recipe or the path of a YAML file.
        overrides: settings such as ``seed=3`` or ``network.stripes=1``.

    Returns:
        The recipe.

    Raises:
        ConfigError: it cannot be read, has unknown keys or values out of range.

    >>> load_recipe("synthetic", ["seed=3"]).seed
    3
    """
    return parse_recipe(find_recipe(name), overrides, source=name)


def parse_recipe(text: str, overrides: Sequence[str] = (), *, source: str = "recipe") -> Recipe:
    """Turn YAML text into a recipe.

    Args:
        text: YAML with the fields of ``config.Recipe``, or with ``base``, a recipe that ships, and
            ``changes``, values by the same names as overrides.
        overrides: settings such as ``seed=3``.
        source: where the text is from, for messages.

    Returns:
        The recipe.

    Raises:
        ConfigError: unknown keys, wrong types or values out of range.
    """
    parser = ArgumentParser(exit_on_error=False, allow_abbrev=False)
    parser.add_class_arguments(Recipe, "recipe")
    try:
        settings = _settings(text, source)
        known = parser.parse_object({"recipe": settings})
        for override in overrides:
            name, equals, value = override.partition("=")
            if not equals:
                raise ConfigError(f"setting {override}: expected name=value, such as seed=3")
            if name.startswith("stages."):
                _change(settings, name, yaml.safe_load(value))
                stages = {"recipe": {"stages": settings["stages"]}}
                known = parser.parse_object(stages, known)
            else:
                known = parser.parse_args([f"--recipe.{override}"], namespace=known)
        recipe: Recipe = parser.instantiate(known).recipe
        return recipe
    except (ArgumentError, yaml.YAMLError, TypeError, KeyError) as error:
        message = " ".join(str(error).replace("recipe.", "").split())
        message = message.replace("unrecognized arguments: --", "no such setting: ")
        raise ConfigError(f"{source}: {message}") from error


def _settings(text: str, source: str) -> dict[str, Any]:
    """Return the settings of YAML text, those of its base with its changes included."""
    settings = yaml.safe_load(text)
    if not isinstance(settings, dict):
        raise ConfigError(f"{source} holds no settings; expected lines such as `height: 96`")
    if "base" not in settings:
        return settings
    others = [str(key) for key in settings if key not in ("base", "changes")]
    if others:
        raise ConfigError(
            f"{source} has a base and {', '.join(others)}; beside a base only `changes` is read: "
            "put settings there"
        )
    base, changes = settings["base"], settings.get("changes") or {}
    if base not in names():
        raise ConfigError(f"{source}: base is {base}; expected one of: {', '.join(names())}")
    if not isinstance(changes, Mapping):
        raise ConfigError(f"{source}: changes are no mapping; expected lines such as `seed: 3`")
    found = _settings(find_recipe(base), base)
    for name, value in changes.items():
        _change(found, str(name), value)
    return found


def _change(settings: dict[str, Any], name: str, value: Any) -> None:
    """Set one of the settings by its dotted name, in place; stages go by their own names."""
    parts = name.split(".")
    if parts[0] == "stages":
        stages = {stage["name"]: stage for stage in settings["stages"]}
        if len(parts) != 3 or parts[1] not in stages:
            raise ConfigError(
                f"setting {name}: expected stages.NAME.FIELD with NAME one of {', '.join(stages)}"
            )
        stages[parts[1]][parts[2]] = value
        return
    place = settings
    for part in parts[:-1]:
        inner = place.setdefault(part, {})
        if not isinstance(inner, dict):
            raise ConfigError(f"setting {name}: {part} holds no other settings")
        place = inner
    place[parts[-1]] = value


def dump_recipe(recipe: Recipe) -> str:
    """Return the YAML text of a recipe, every setting resolved.

    Args:
        recipe: the recipe.

    Returns:
        Text that ``parse_recipe`` reads back to an equal recipe.
    """
    return yaml.safe_dump(_plain(asdict(recipe)), sort_keys=False)


def _plain(value: Any) -> Any:
    """Turn tuples into lists, all the way down."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def recipe_differences(one: Recipe, other: Recipe) -> list[str]:
    """List the settings in which two recipes differ.

    Args:
        one: a recipe.
        other: another one.

    Returns:
        A line for each setting, such as ``labelling.memories is 2, was 4``; ``is`` belongs to the
        other recipe and ``was`` to the first. Empty where they are equal.
    """
    before, after = (dict(_flat(asdict(recipe))) for recipe in (one, other))
    names = list(dict.fromkeys([*before, *after]))
    absent = "absent"
    return [
        f"{name} is {after.get(name, absent)}, was {before.get(name, absent)}"
        for name in names
        if before.get(name, absent) != after.get(name, absent)
    ]


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every setting below a value by its dotted name; stages go by their own names."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(part, f"{name}.{key}" if name else key)
    elif isinstance(value, list | tuple) and any(isinstance(part, dict) for part in value):
        for number, part in enumerate(value):
            yield from _flat(part, f"{name}.{part.get('name', number)}")
    else:
        yield name, value
