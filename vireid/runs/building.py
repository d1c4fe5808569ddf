"""A recipe -> its network; and a trained network with what is said of it."""

from dataclasses import dataclass
from pathlib import Path

from vireid.config import Recipe
from vireid.exporting.facts import Facts
from vireid.models import CrossModalNetwork, build_network
from vireid.recipes import Outline
from vireid.runs.folder import Origin
from vireid.runs.former import begin_from, find_former
from vireid.types import Levels


def new_network(recipe: Recipe | Outline, *, weights: str | None = None) -> CrossModalNetwork:
    """Build the network of a recipe.

    Args:
        recipe: size and options of the network.
        weights: none, pip, hub, torchvision, a file, or an earlier run to begin from; the recipe's
            choice where not given.

    Returns:
        The network with its initial weights, on the CPU.

    Raises:
        ConfigError: the backbone or an option is unknown or does not apply.
        CheckpointError: the weights cannot be had, or those of a run are of another network.
    """
    config = recipe.network
    chosen = config.weights if weights is None else weights
    former = find_former(chosen)
    network = build_network(
        config.backbone,
        depth=config.depth,
        frozen=config.frozen,
        stem_stages=config.stem_stages,
        stripes=config.stripes,
        last_stride=config.last_stride,
        nonlocal_blocks=config.non_local,
        split_statistics=config.split_statistics,
        weights="none" if former else chosen,
        seed=recipe.seed,
    )
    if former is not None:
        begin_from(network, former, (recipe.height, recipe.width), config)
    return network


@dataclass(frozen=True)
class Weights:
    """A trained network, and what its run or file says of it."""

    network: CrossModalNetwork
    """In evaluation mode, on the CPU."""
    recipe: Outline
    """Of the training."""
    stage: str
    """The stage after which it was saved, or ``before``."""
    origin: Origin
    """Which data it was trained on, where that has folds."""
    file: Path
    """The checkpoint."""
    text: str
    """The recipe as it is written there."""
    levels: Levels | None = None
    """What became black and white of its images of more than 8 bits."""
    hub: Facts | None = None
    """What a copy from the hub says of itself; None for others."""
