"""Rows that differ in some settings of a recipe."""

from collections.abc import Mapping, Sequence

from vireid.config import Recipe
from vireid.errors import ConfigError
from vireid.recipes import change_recipe
from vireid.recipes.unused import names_set, unused_settings

SHORT = {
    "n": ("labelling.memories",),
    "eps": ("labelling.single.eps", "labelling.mixed.eps"),
    "matching": ("labelling.matching",),
}
"""Short names of settings."""
WEIGHT = "lambda_"
"""How the short name of a term's weight in the last stage begins."""


def swept_rows(recipe: Recipe, parameter: str, values: Sequence[str]) -> dict[str, Recipe]:
    """Return a row for each value of a setting.

    Args:
        recipe: what all rows have in common.
        parameter: a setting such as ``labelling.memories`` or ``stages.joint.epochs``, or one of
            n, eps (of both clusterings), matching, or lambda_TERM (the weight of a term of the last
            stage, as in lambda_intra).
        values: as they are written in a recipe.

    Returns:
        The recipe of each row, named ``PARAMETER=VALUE``.

    Raises:
        ConfigError: there is no such setting, or a value is out of range.
    """
    settings = [f"{parameter}={value}" for value in values]
    return named_rows(recipe, {setting: [setting] for setting in settings})


def named_rows(recipe: Recipe, rows: Mapping[str, Sequence[str]]) -> dict[str, Recipe]:
    """Return the rows that lists of settings describe.

    Args:
        recipe: what all rows have in common.
        rows: settings ``NAME=VALUE`` by the name of the row; none at all is the recipe itself.

    Returns:
        The recipe of each row.

    Raises:
        ConfigError: there is no such setting, a value is out of range, or a row sets the seed.
    """
    found = {name: with_settings(recipe, settings) for name, settings in rows.items()}
    for name, row in found.items():
        if row.seed != recipe.seed:
            raise ConfigError(f"row {name} sets the seed; a study has its seeds from --seeds")
    return found


def with_settings(recipe: Recipe, settings: Sequence[str]) -> Recipe:
    """Change settings of a recipe, one after the other.

    Args:
        recipe: to begin with.
        settings: ``NAME=VALUE``; short names are understood.

    Returns:
        The changed recipe.

    Raises:
        ConfigError: there is no such setting, a value is out of range, or a setting changes nothing
            of labels in the changed recipe.
    """
    made: list[list[str]] = []
    for setting in settings:
        name, equals, value = setting.partition("=")
        full = _full(recipe, name) if equals else ()
        long = [f"{one}={value}" for one in full] or [setting]
        recipe = change_recipe(recipe, long, source=f"setting {setting}", allow_unused=True)
        made.append(long)
    for long in made:  # one may have taken the use of another, or have given it one
        idle = list(unused_settings(recipe, names_set(long)))
        if len(idle) >= len(long):
            raise ConfigError("; ".join(idle))
    return recipe


def _full(recipe: Recipe, name: str) -> tuple[str, ...]:
    """Return the settings that a short name stands for; none where it is no short name."""
    if not name.startswith(WEIGHT):
        return SHORT.get(name, ())
    term, last = name.removeprefix(WEIGHT), recipe.stages[-1]
    if term not in last.all_terms():
        known = ", ".join(last.all_terms())
        raise ConfigError(
            f"{name} applies to a term {term}, which stage {last.name} has not; it has {known}"
        )
    return (f"stages.{last.name}.terms.{term}.weight",)
