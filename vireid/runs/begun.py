"""What a run was begun with where its recipe leaves something to the machine, and how far it is."""

from dataclasses import replace

from vireid.config import Recipe
from vireid.recipes.yaml_text import read_yaml
from vireid.training import TrainingState

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


def place_of(recipe: Recipe, state: TrainingState) -> str:
    """Say where a training goes on.

    Args:
        recipe: of the training.
        state: as it was saved.

    Returns:
        Stage, epoch and step.
    """
    if state.stage >= len(recipe.stages):
        return "the end of its last stage"
    stage = recipe.stages[state.stage]
    within = f", after step {state.step} of {stage.iterations}" if state.step else ""
    return f"{stage.name} {state.epoch + 1}/{stage.epochs}{within}"
