"""Recipes, images and labels that need neither a data set nor a network connection."""

from dataclasses import dataclass

import numpy as np

from vireid.config import Recipe
from vireid.labelling import closed_up
from vireid.recipes import load_recipe
from vireid.training import TrainingImages
from vireid.types import NOISE, Labelling, Modality, PseudoLabels

TINY = {
    "sysu": ("network.backbone=test_resnet", "network.non_local=[0,1,1,0]"),
    "synthetic": ("network.backbone=test_efficientnet",),
}
"""What stands in for the recipes' backbones where only the script is tried."""
TINY_SIZE = (32, 16)
FEW_ROWS = [
    f"{where}batch_{what}=4"
    for where in ("", "stages.intra.", "stages.joint.")
    for what in ("labels", "images")
]
"""Changes of sysu and synthetic: 48 rows a step."""
PATTERN = (6, 3)
"""Coarse colours of a person, down and across."""
BLOCK = 512
UNMATCHED = 0.15
"""Share of the people who have no partner in the other modality."""


def recipe_of(name: str, size: tuple[int, int] | None, small: bool, *changes: str) -> Recipe:
    """Return a recipe that begins from random weights, at a size; tiny where that is wanted.

    The recipe's own size where none is given.
    """
    found = ["network.weights=none"]
    if small:
        found += TINY[name]
        size = TINY_SIZE
    if size is not None:
        found += [f"height={size[0]}", f"width={size[1]}"]
    return load_recipe(name, [*found, *changes])


@dataclass(frozen=True)
class Scene:
    """Random images and labels of people."""

    images: TrainingImages
    labelling: Labelling


def scene_of(recipe: Recipe, count: int, people: int) -> Scene:
    """Draw images of people, of a recipe's size, and labels of which a tenth is noise."""
    generator = np.random.default_rng(0)
    person = generator.integers(0, people, count)
    modality = (generator.random(count) < 0.35).astype(np.int64)
    pixels = pictures(person, (recipe.height, recipe.width), generator)

    def some(inside: np.ndarray) -> np.ndarray:
        return closed_up(np.where(inside & (generator.random(count) > 0.1), person, NOISE))

    matched = some(person < people * (1 - UNMATCHED))
    trust = np.where(matched != NOISE, generator.random(count), 0).astype(np.float32)
    spaces = {
        "visible": PseudoLabels(some(modality == 0), modality=Modality.VISIBLE),
        "infrared": PseudoLabels(some(modality == 1), modality=Modality.INFRARED),
        "mixed": PseudoLabels(some(modality >= 0)),
        "matched": PseudoLabels(matched, trust),
    }
    return Scene(TrainingImages(pixels, modality), Labelling(spaces, matched="matched"))


def pictures(
    person: np.ndarray, size: tuple[int, int], generator: np.random.Generator
) -> np.ndarray:
    """Draw [N, H, W, 3] images: coarse colours of each person, a shade of each image, noise."""
    height, width = size
    coarse = generator.integers(0, 128, (int(person.max()) + 1, *PATTERN, 3), dtype=np.uint8)
    down = np.arange(height) * PATTERN[0] // height
    across = np.arange(width) * PATTERN[1] // width
    noise = generator.integers(0, 64, (BLOCK, height, width, 3), dtype=np.uint8)
    found = np.empty((len(person), height, width, 3), np.uint8)
    for start in range(0, len(person), BLOCK):
        block = found[start : start + BLOCK]
        np.add(
            coarse[person[start : start + BLOCK]][:, down][:, :, across], noise[: len(block)], block
        )
        block += generator.integers(0, 64, (len(block), 1, 1, 1), dtype=np.uint8)
    return found
