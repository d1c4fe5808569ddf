"""The optimiser of a stage, and the learning rate of each group of its parameters."""

from collections.abc import Iterable

import torch
from torch import Tensor

from vireid.config import Recipe, StageConfig
from vireid.models import CrossModalNetwork

SGD_MOMENTUM = 0.9


def new_optimiser(
    network: CrossModalNetwork, recipe: Recipe, stage: StageConfig
) -> torch.optim.Optimizer:
    """Return a fresh optimiser of all parameters of the network that are trained.

    Args:
        network: whose parameters.
        recipe: weight decay.
        stage: kind of the optimiser, and the share of the learning rate that goes to all layers
            but the neck.

    Returns:
        Adam or SGD; the loop sets its learning rate at every step.
    """
    trained = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
    backbone = [p for name, p in trained if not name.startswith("neck.")]
    neck = [p for name, p in trained if name.startswith("neck.")]
    groups = [
        {"params": backbone, "factor": stage.backbone_rate},
        {"params": neck, "factor": 1.0},
    ]
    if stage.optimiser == "sgd":
        return torch.optim.SGD(
            groups, lr=stage.learning_rate, momentum=SGD_MOMENTUM, weight_decay=recipe.weight_decay
        )
    return torch.optim.Adam(groups, lr=stage.learning_rate, weight_decay=recipe.weight_decay)


def train_terms(optimiser: torch.optim.Optimizer, parameters: Iterable[tuple[str, Tensor]]) -> None:
    """Hand what terms train to a stage's optimiser, in place of what it got of them before.

    Args:
        optimiser: gets a group for each parameter, with the whole learning rate.
        parameters: of terms, by the term's name.
    """
    for group in [group for group in optimiser.param_groups if "term" in group]:
        for old in group["params"]:
            optimiser.state.pop(old, None)
        optimiser.param_groups.remove(group)
    for name, value in parameters:
        optimiser.add_param_group({"params": [value], "factor": 1.0, "term": name})


def set_learning_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of every group.

    Args:
        optimiser: of ``new_optimiser``.
        rate: of the neck and of what terms train; other layers get their factor of it.
    """
    for group in optimiser.param_groups:
        group["lr"] = rate * group["factor"]
