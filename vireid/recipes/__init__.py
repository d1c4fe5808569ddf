"""Recipes: YAML files that ship with the package, and how any recipe is read and written.

A file holds the fields of ``config.Recipe``, or names one that ships and what it changes:

    base: sysu
    changes:
      labelling.mixed.eps: 0.5
      stages.joint.epochs: 20
      stages.aligned.terms.inter: {loss: inter, labels: matched, weight: 3}
      stages.aligned.terms.intra: null
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from vireid.config import Recipe
from vireid.errors import ConfigError, meant, some
from vireid.recipes.changes import change, override
from vireid.recipes.classes import Classes
from vireid.recipes.differences import recipe_differences
from vireid.recipes.former import MOVED, check_moved, is_former, modernise, push_down
from vireid.recipes.outline import Outline, read_outline
from vireid.recipes.plain import dump_recipe, foreign_classes, is_written, plain
from vireid.recipes.reader import FAILED, Reader
from vireid.recipes.shipped import DEFAULT, FORMER, find_recipe, is_shipped, names, small_names
from vireid.recipes.unused import names_changed, names_set, unused_settings
from vireid.recipes.yaml_text import read_yaml

__all__ = [
    "DEFAULT",
    "FORMER",
    "Outline",
    "change_recipe",
    "dump_recipe",
    "find_recipe",
    "foreign_classes",
    "is_shipped",
    "is_written",
    "load_recipe",
    "names",
    "parse_recipe",
    "plain",
    "read_outline",
    "recipe_differences",
    "small_names",
]


def load_recipe(
    name: str | Path, overrides: Sequence[str] = (), *, allow_unused: bool = False
) -> Recipe:
    """Read a recipe and change some of its settings.

    A file may name classes from outside the package by ``class_path``. They are imported, also out
    of modules that lie in the file's folder: name only files that you trust.

    Args:
        name: a shipped recipe or the path of a YAML file.
        overrides: settings such as ``seed=3`` or ``network.stripes=1``.
        allow_unused: take settings of labelling that no stage has a use for, as where the same
            settings are made in several recipes.

    Returns:
        The recipe.

    Raises:
        ConfigError: it cannot be read, has unknown keys or values out of range.

    >>> load_recipe("synthetic", ["seed=3"]).seed
    3
    """
    text = find_recipe(str(name))
    folder = None if is_shipped(str(name)) else Path(name).resolve().parent
    classes = Classes(folder, imports=True)
    return parse_recipe(
        text, overrides, source=str(name), classes=classes, allow_unused=allow_unused
    )


def parse_recipe(
    text: str,
    overrides: Sequence[str] = (),
    *,
    source: str = "recipe",
    classes: Classes | None = None,
    allow_unused: bool = False,
) -> Recipe:
    """Turn YAML text into a recipe.

    Args:
        text: YAML with the fields of ``config.Recipe``, or with ``base``, a recipe that ships, and
            ``changes``, values by the same names as overrides.
        overrides: settings such as ``seed=3``.
        source: where the text is from, for messages.
        classes: finds classes from outside the package; where not given, none is imported.
        allow_unused: take settings of labelling that no stage has a use for.

    Returns:
        The recipe.

    Raises:
        ConfigError: unknown keys, wrong types, values out of range, or settings of labelling that
            an override or ``changes`` sets and no stage has a use for; all of them named.
    """
    settings = _settings(text, source)
    problems = _problems(partial(override, settings, one) for one in overrides)
    reader = Reader(classes or Classes())
    try:
        recipe = reader.settings(Recipe, settings, "")
    except ConfigError as error:
        found = f"{source}: {str(error).removeprefix('recipe: ')}"
        raise ConfigError(some([*problems, found], "; ")) from error
    if recipe is FAILED:
        problems += [f"{source}: {some(reader.problems, '; ')}"]
    if problems:
        raise ConfigError(some(problems, "; "))
    if not allow_unused:
        _refuse_unused(recipe, text, overrides, source, classes)
    return recipe  # type: ignore[no-any-return]


def change_recipe(
    recipe: Recipe,
    overrides: Sequence[str],
    *,
    source: str = "recipe",
    allow_unused: bool = False,
) -> Recipe:
    """Change settings of a recipe that is loaded.

    Args:
        recipe: any recipe, its classes from outside the package included.
        overrides: settings such as ``seed=3``.
        source: where the changes are from, for messages.
        allow_unused: take settings of labelling that no stage has a use for.

    Returns:
        Another recipe.

    Raises:
        ConfigError: there is no such setting, or a value is out of range.
    """
    classes = Classes(loaded=foreign_classes(recipe))
    text = dump_recipe(recipe)
    return parse_recipe(text, overrides, source=source, classes=classes, allow_unused=allow_unused)


def _refuse_unused(
    recipe: Recipe, text: str, overrides: Sequence[str], source: str, classes: Classes | None
) -> None:
    """Refuse settings that an override or a file's changes name, and that change nothing."""
    of_file = list(unused_settings(recipe, names_changed(text)))
    if of_file and overrides:  # which may have taken away what uses them: not the file's mistake
        parse_recipe(text, source=source, classes=classes)
        of_file = []
    problems = [*unused_settings(recipe, names_set(overrides)), *of_file]
    if problems:
        raise ConfigError(f"{source}: {some(problems, '; ')}")


def _settings(text: str, source: str) -> dict[str, Any]:
    """Return the settings of YAML text, those of its base with its changes included."""
    settings = read_yaml(text, source)
    if not isinstance(settings, dict):
        raise ConfigError(f"{source} holds no settings; expected lines such as `height: 96`")
    if "base" not in settings:
        if is_former(settings):
            modernise(settings)
        check_moved(settings)
        return settings
    others = [str(key) for key in settings if key not in ("base", "changes")]
    if others:
        raise ConfigError(
            f"{source} has a base and {', '.join(others)}; beside a base only `changes` is read: "
            "put settings there"
        )
    base, changes = settings["base"], settings.get("changes") or {}
    if not (isinstance(base, str) and is_shipped(base)):
        near = meant(str(base), [*names(), *FORMER])
        raise ConfigError(f"{source}: base is {base}; expected one of: {', '.join(names())}{near}")
    if not isinstance(changes, Mapping):
        raise ConfigError(f"{source}: changes are no mapping; expected lines such as `seed: 3`")
    found = _settings(find_recipe(base), base)
    _apply(found, changes)
    return found


def _apply(found: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """Change the settings of a base in place."""
    moved = {str(name): value for name, value in changes.items() if name in MOVED}
    for name, value in moved.items():  # as version 0.1.0 had them: of all terms
        push_down(found, name, value, replace=True)
    others = {str(name): value for name, value in changes.items() if name not in moved}
    problems = _problems(partial(change, found, name, value) for name, value in others.items())
    if problems:
        raise ConfigError(some(problems, "; "))
    for name, value in moved.items():  # of the terms that are new, too
        push_down(found, name, value)


def _problems(changes: Iterable[Callable[[], None]]) -> list[str]:
    """Make every change that can be made; return what is wrong with the others."""
    problems = []
    for make in changes:
        try:
            make()
        except ConfigError as error:
            problems.append(str(error))
    return problems
