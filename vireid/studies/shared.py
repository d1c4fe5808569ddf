"""Which stages of several recipes are the same training, and so have to be run only once."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from vireid.config import ClusteringConfig, LabellingConfig, Recipe

BY_MATCHING = ("memories", "cost_over", "matching", "max_cost", "reject", "confidence")
"""Settings of labelling that make a difference on matched labels only."""


def seen_by(recipe: Recipe, stage: int) -> Recipe:
    """Return the settings that a stage depends on.

    Args:
        recipe: all settings.
        stage: its number, from 0.

    Returns:
        The recipe with this stage alone; settings of clusterings and of matching that the stage
        has no use for have their default.
    """
    alone, plain = recipe.stages[stage], LabellingConfig()
    labelling, spaces = recipe.labelling, alone.spaces()
    if "mixed" not in spaces:
        labelling = replace(labelling, mixed=plain.mixed)
    if set(spaces) == {"mixed"}:
        labelling = replace(labelling, single=ClusteringConfig())
    if "matched" not in spaces:
        labelling = replace(labelling, **{name: getattr(plain, name) for name in BY_MATCHING})
    return replace(recipe, labelling=labelling, stages=(alone,))


def shared_stages(one: Recipe, other: Recipe) -> int:
    """Count the stages that are the same training in two recipes.

    Args:
        one: a recipe.
        other: another one.

    Returns:
        The length of the longest common beginning of their stages, other things being equal.
    """
    count = 0
    for stage in range(min(len(one.stages), len(other.stages))):
        if seen_by(one, stage) != seen_by(other, stage):
            break
        count += 1
    return count


def branch_points(recipes: Sequence[Recipe]) -> list[tuple[int, ...]]:
    """Say where each of several recipes parts from others.

    Args:
        recipes: the rows of a study.

    Returns:
        For each recipe the numbers of finished stages after which another one goes its own way,
        the largest first; never its last stage, which every row trains itself.
    """
    points = []
    for i, recipe in enumerate(recipes):
        others = (other for j, other in enumerate(recipes) if j != i)
        last = len(recipe.stages) - 1
        found = {min(shared_stages(recipe, other), last) for other in others}
        points.append(tuple(sorted(found - {0}, reverse=True)))
    return points


def beginning(recipe: Recipe, stages: int) -> str:
    """Name the training of a recipe's first stages.

    Args:
        recipe: all settings.
        stages: how many of its stages, at least 1.

    Returns:
        The last of these stages and a hash: equal for recipes that share them, fit for a file.
    """
    seen = repr([seen_by(recipe, stage) for stage in range(stages)])
    digest = hashlib.sha256(seen.encode()).hexdigest()[:12]
    return f"{recipe.stages[stages - 1].name}-{digest}"
