"""What has to be equal in all rows of a comparison, and what is said where something is not."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from vireid.config import Recipe
from vireid.errors import ConfigError
from vireid.recipes import recipe_differences

DEMANDED = ("height", "width", "network", "compute")
"""Settings without which numbers cannot be compared: another value is refused."""
NAMED = ("augmentation",)
"""Settings that should be equal: another value is named under the table."""
ALIKE = 0.02
"""Numbers of images that differ by no more than this share count as equal."""


def images_seen(recipe: Recipe) -> int:
    """Count the images that a training takes steps on.

    Args:
        recipe: all settings.

    Returns:
        Images of all batches of all steps; an image counts as often as it is drawn.
    """
    return sum(
        stage.epochs
        * stage.iterations
        * sum(2 * p * k for p, k in map(recipe.batch, stage.steps()))
        for stage in recipe.stages
    )


def with_images(recipe: Recipe, images: int) -> Recipe:
    """Let a training see about as many images as another, by the iterations of its epochs.

    Args:
        recipe: all settings.
        images: how many it should see, at least 1.

    Returns:
        The recipe with more or fewer iterations in all its stages alike; itself where the numbers
        are equal already up to ``ALIKE``.
    """
    own = images_seen(recipe)
    if is_alike(own, images):
        return recipe
    stages = tuple(
        replace(stage, iterations=max(1, round(stage.iterations * images / own)))
        for stage in recipe.stages
    )
    return replace(recipe, stages=stages)


def is_alike(one: int, other: int) -> bool:
    """Tell whether two numbers of images count as equal.

    Args:
        one: a number of images, at least 1.
        other: another one.

    Returns:
        True where they differ by no more than ``ALIKE`` of the larger one.
    """
    return abs(one - other) <= ALIKE * max(one, other)


def demand_equal(rows: Mapping[str, Recipe], base: str) -> None:
    """Refuse rows of other networks, image sizes or precisions.

    Args:
        rows: recipes by name.
        base: the row that all others are held against.

    Raises:
        ConfigError: a row differs; all differences are listed.
    """
    found = [
        f"{name}: {line}"
        for name, recipe in rows.items()
        for line in _differences(rows[base], recipe, DEMANDED)
    ]
    if found:
        raise ConfigError(
            f"rows cannot be compared with {base}: {'; '.join(found)}; make these settings equal "
            "with --set, or leave rows out"
        )


def unequal(rows: Mapping[str, Recipe], base: str) -> Iterator[str]:
    """Yield what is not equal in rows that can be compared.

    Args:
        rows: recipes by name.
        base: the row that all others are held against.

    Yields:
        A sentence for each row and difference.
    """
    images = images_seen(rows[base])
    for name, recipe in rows.items():
        lines = _differences(rows[base], recipe, NAMED)
        if lines:
            yield f"`{name}` differs from `{base}`: {'; '.join(lines)}."
        own = images_seen(recipe)
        if not is_alike(own, images):
            yield f"`{name}` sees {own:,} images, `{base}` {images:,}."


def _differences(base: Recipe, recipe: Recipe, names: tuple[str, ...]) -> list[str]:
    """Return the lines of those settings in which two recipes differ."""
    with_base = replace(base, **{name: getattr(recipe, name) for name in names})
    return [line.replace(", was ", ", there ") for line in recipe_differences(base, with_base)]
