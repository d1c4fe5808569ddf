"""Which stages of several recipes are the same training, and so have to be run only once."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from vireid.config import Recipe
from vireid.labelling import MultiMemoryMatching
from vireid.recipes import dump_recipe, is_written
from vireid.studies.code import Code, code_of


def seen_by(recipe: Recipe, stage: int) -> Recipe:
    """Return the settings that a stage depends on.

    Args:
        recipe: all settings.
        stage: its number, from 0.

    Returns:
        The recipe with this stage alone; settings of clusterings and of matching that the stage
        has no use for have their default. Of a labeller from outside the package all count.
    """
    alone, labelling = recipe.stages[stage], recipe.labelling
    if type(labelling) is MultiMemoryMatching:  # one that derives from it may use them all
        labelling = labelling.needed_for(recipe.spaces(alone))
    return replace(recipe, labelling=labelling, stages=(alone,))


def shared_stages(one: Recipe, other: Recipe) -> int:
    """Count the stages that are the same training in two recipes.

    Args:
        one: a recipe.
        other: another one.

    Returns:
        The length of the longest common beginning of their stages, other things being equal. A
        stage of which not every setting can be written, and so compared, is shared by none.
    """
    count = 0
    for stage in range(min(len(one.stages), len(other.stages))):
        mine, theirs = seen_by(one, stage), seen_by(other, stage)
        if not (is_written(mine) and dump_recipe(mine) == dump_recipe(theirs)):
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


def beginning(recipe: Recipe, stages: int, code: Code) -> str:
    """Name the training of a recipe's first stages.

    Args:
        recipe: all settings.
        stages: how many of its stages, at least 1.
        code: digests of the code that trains; those of modules that these stages use count.

    Returns:
        The last of these stages and a hash: equal for recipes that share them and are trained by
        the same code, fit for a file.
    """
    seen = [seen_by(recipe, stage) for stage in range(stages)]
    used = {name: code.get(name) for name in code_of(seen)}
    text = repr(([dump_recipe(one) for one in seen], used))
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return f"{recipe.stages[stages - 1].name}-{digest}"
