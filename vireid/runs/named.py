"""The recipe that a word means: one that ships, a YAML file, or that of a run."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from vireid.config import Recipe
from vireid.errors import ConfigError
from vireid.recipes import is_shipped, load_recipe, parse_recipe
from vireid.runs.folder import Run


def named_recipe(name: str, overrides: Sequence[str] = ()) -> Recipe | str:
    """Return a recipe by its name, file or run.

    Args:
        name: a recipe that ships, the path of a YAML file, whose foreign classes are imported, or
            the folder of a run, of which nothing is imported.
        overrides: settings such as ``seed=3``.

    Returns:
        The recipe; the text of a run's recipe that names foreign classes.

    Raises:
        VireidError: there is no such recipe, it is not valid, or an override does not apply.
    """
    if is_shipped(name) or not Path(name).is_dir():
        return load_recipe(name, overrides)
    run = Run(Path(name))
    text = run.recipe_text()
    foreign = sorted(set(_class_paths(text)))
    if not foreign:
        return parse_recipe(text, overrides, source=str(run.recipe_file))
    if overrides:
        raise ConfigError(
            f"{run.recipe_file} names {', '.join(foreign)}, which is not imported out of a run; to "
            "change settings name the file of its recipe"
        )
    return text


def _class_paths(text: str) -> Iterator[str]:
    """Yield the foreign classes that the text of a recipe names; none where it is damaged."""
    try:
        yield from _found(yaml.safe_load(text))
    except yaml.YAMLError:
        return


def _found(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "class_path" in value:
            yield str(value["class_path"])
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _found(part)
