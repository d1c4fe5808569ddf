"""Rows that differ in some settings of a recipe."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from vireid.config import Recipe
from vireid.errors import ConfigError
from vireid.recipes import dump_recipe, parse_recipe

SHORT = {
    "n": ("labelling.memories",),
    "eps": ("labelling.single.eps", "labelling.mixed.eps"),
    "matching": ("labelling.matching",),
}
"""Short names of settings."""
WEIGHTS = {"lambda_intra": "intra", "lambda_inter": "inter"}
"""Short names of the weight of a loss in the last stage."""


def swept_rows(recipe: Recipe, parameter: str, values: Sequence[str]) -> dict[str, Recipe]:
    """Return a row for each value of a setting.

    Args:
        recipe: what all rows have in common.
        parameter: a setting such as ``labelling.memories`` or ``stages.joint.epochs``, or one of
            n, eps (of both clusterings), matching, lambda_intra, lambda_inter.
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
        ConfigError: there is no such setting, or a value is out of range.
    """
    for setting in settings:
        name, equals, value = setting.partition("=")
        if name in WEIGHTS and equals:
            recipe = _with_weight(recipe, name, value)
            continue
        long = [f"{full}={value}" for full in SHORT[name]] if name in SHORT else [setting]
        if not equals:
            long = [setting]
        recipe = parse_recipe(dump_recipe(recipe), long, source=f"setting {setting}")
    return recipe


def _with_weight(recipe: Recipe, name: str, value: str) -> Recipe:
    """Set the weight of a loss in the last stage."""
    loss, last = WEIGHTS[name], recipe.stages[-1]
    try:
        weight = float(value)
    except ValueError as error:
        raise ConfigError(f"{name} is {value}; expected a number") from error
    if loss not in {term.loss for term in last.terms}:
        raise ConfigError(f"{name} applies to an {loss} term, which stage {last.name} has not")
    terms = tuple(replace(t, weight=weight) if t.loss == loss else t for t in last.terms)
    return replace(recipe, stages=(*recipe.stages[:-1], replace(last, terms=terms)))
