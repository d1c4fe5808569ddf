"""What a run was begun with where its recipe leaves something to the machine."""

from dataclasses import replace

from vireid.config import Recipe
from vireid.recipes.yaml_text import read_yaml

LEFT_OPEN = ("parts", "embedding_batch")
"""Settings of ``compute`` that a recipe leaves to the memory of a GPU."""


def as_begun(recipe: Recipe, text: str) -> Recipe:
    """Return a recipe with what was chosen by the memory of a GPU when its run began.

    Args:
        recipe: the one given now, which may leave it open.
        text: the recipe of the run.

    Returns:
        The recipe; what it says itself stays.
    """
    settings = read_yaml(text, "recipe")
    begun = settings.get("compute") if isinstance(settings, dict) else None
    chosen = {
        name: value
        for name, value in (begun if isinstance(begun, dict) else {}).items()
        if name in LEFT_OPEN and getattr(recipe.compute, name) is None
    }
    return replace(recipe, compute=replace(recipe.compute, **chosen)) if chosen else recipe
